@echo off
rem SPDX-License-Identifier: Apache-2.0
rem
rem Runs Salto on Windows from a checkout that was built, for example on Linux.
rem Exit codes: those of the command, 2 for an unknown one, and 3 if something is missing.
setlocal
set "here=%~dp0"

if "%~1"=="demo" goto known
if "%~1"=="doctor" goto known
echo Usage: salto.cmd COMMAND [OPTIONS]
echo.
echo   demo     real callbacks, and a million closures beside the JDK's upcall stubs
echo   doctor   what works on this machine, and what to do next
if "%~1"=="" exit /b 0
if "%~1"=="--help" exit /b 0
exit /b 2

:known
set "java=java.exe"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
set "jar="
for /f "delims=" %%j in ('dir /b "%here%salto-cli\target\salto-cli-*.jar"') do set "jar=%here%salto-cli\target\%%j"
if not defined jar (
    echo salto: there is no salto-cli\target\salto-cli-*.jar in %here% 1>&2
    echo        Build Salto on Linux, ./salto doctor does, and copy the checkout. 1>&2
    exit /b 3
)
set "options="
if "%~1"=="demo" set "options=-Xms1g -Xmx1g -XX:+AlwaysPreTouch"
"%java%" %options% --enable-native-access=dev.salto,dev.salto.text,dev.salto.cli --module-path "%jar%;%here%salto-cli\target\modules" --module dev.salto.cli/dev.salto.cli.SaltoCommand %*
exit /b %ERRORLEVEL%
