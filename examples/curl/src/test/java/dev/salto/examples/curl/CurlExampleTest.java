// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.curl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** libcurl calls Java while it fetches a document from a server of this test. */
final class CurlExampleTest {
    private final byte[] document = new byte[300_000];
    private final HttpServer server;

    CurlExampleTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void startTheServer() {
        new Random(1).nextBytes(document);
        server.createContext("/document", exchange -> {
            exchange.sendResponseHeaders(200, document.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(document);
            }
        });
        server.start();
    }

    @AfterEach
    void stopTheServer() {
        server.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:%d/document".formatted(server.getAddress().getPort());
    }

    @Test
    void theWriteCallbackReceivesEveryByte() throws Exception {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        CurlExample.fetch(url(), received, _ -> {});

        assertThat(received.toByteArray()).isEqualTo(document);
    }

    @Test
    void theDebugCallbackSeesTheHeadersOfBothSides() throws Exception {
        List<String> log = new ArrayList<>();
        CurlExample.fetch(url(), OutputStream.nullOutputStream(), log::add);

        assertThat(log).contains("> GET /document HTTP/1.1", "< HTTP/1.1 200 OK")
                .anyMatch(line -> line.startsWith("* Connected to 127.0.0.1"));
    }

    @Test
    void anExceptionOfTheReceiverEndsTheTransferAndReachesTheCaller() {
        List<Integer> received = new ArrayList<>();
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("the disk is full");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                received.add(length);
                throw new IOException("the disk is full");
            }
        };

        assertThatThrownBy(() -> CurlExample.fetch(url(), full, _ -> {})).isInstanceOf(IOException.class)
                .hasMessage("the disk is full");
        assertThat(received).hasSize(1);
    }

    @Test
    void anErrorOfLibcurlHasItsMessage() {
        assertThatThrownBy(() -> CurlExample.fetch("nonsense://127.0.0.1/", OutputStream.nullOutputStream(), _ -> {}))
                .isInstanceOf(IOException.class).hasMessageStartingWith("libcurl: Unsupported protocol");
    }
}
