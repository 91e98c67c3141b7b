// SPDX-License-Identifier: Apache-2.0

/**
 * Native function pointers for Java objects, and the trampolines beneath them.
 *
 * <table>
 * <caption>Where to begin</caption>
 * <tr><th>you have</th><th>you want</th><th>use</th></tr>
 * <tr><td>a functional interface and a C type</td><td>function pointers for its objects</td>
 * <td>{@link dev.salto.ClosureType}, {@link dev.salto.Closure}</td></tr>
 * <tr><td>code with {@code Linker.upcallStub}</td><td>the same without code for each stub</td>
 * <td>{@link dev.salto.StaticLinker}</td></tr>
 * <tr><td>a C type that is known at run time</td><td>one handler for calls of all types</td>
 * <td>{@link dev.salto.CallInterface}, {@link dev.salto.ArgumentHandler}</td></tr>
 * <tr><td>a callback that throws</td><td>its exception in Java, or a value in C</td>
 * <td>{@link dev.salto.Callbacks}, {@link dev.salto.ExceptionPolicy}</td></tr>
 * <tr><td>native code that calls closed closures</td><td>to know which, and from where</td>
 * <td>{@link dev.salto.UseAfterFreePolicy}</td></tr>
 * <tr><td>a library with its own choices</td><td>them for its own closures only</td>
 * <td>{@link dev.salto.ClosureOption}</td></tr>
 * <tr><td>a C function with a context parameter</td><td>it without the parameter</td>
 * <td>{@link dev.salto.NativeBinding}</td></tr>
 * <tr><td>callbacks that only report</td><td>to read the calls later</td>
 * <td>{@link dev.salto.CallQueue}, {@link dev.salto.RecordedClosure}</td></tr>
 * <tr><td>native code of your own</td><td>function pointers with a word of data</td>
 * <td>{@link dev.salto.Trampoline}, {@link dev.salto.TrampolineTable}</td></tr>
 * <tr><td>an application</td><td>to see what works, and to override its libraries</td>
 * <td>{@link dev.salto.Salto}</td></tr>
 * </table>
 *
 * <p>Some words that the pages use:
 *
 * <ul>
 *   <li>A <em>trampoline</em> is a fixed-size piece of code that knows its index or has a word of
 *       data. All of them are assembled ahead of time, and never written.
 *   <li>A <em>table</em> has some thousand trampolines, and the data that they read.
 *   <li>A <em>slot</em> is one function pointer of a table.
 *   <li>A <em>gate</em> is an upcall stub of the JDK that all closures of one interface and C
 *       type share.
 * </ul>
 */
@NullMarked
package dev.salto;

import org.jspecify.annotations.NullMarked;
