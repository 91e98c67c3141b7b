// SPDX-License-Identifier: Apache-2.0

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.OpenSSLLifecycleListener;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** Tomcat with OpenSSL over FFM: 1,000 handshakes, each with a session of its own. */
public final class Tomcat {
    private static final int HANDSHAKES = 1_000;

    /** The arguments are a PKCS12 file with the password "changeit", and a folder for Tomcat. */
    public static void main(String[] arguments) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        org.apache.catalina.startup.Tomcat tomcat = new org.apache.catalina.startup.Tomcat();
        tomcat.setBaseDir(arguments[1]);
        tomcat.getServer().addLifecycleListener(new OpenSSLLifecycleListener());
        Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
        connector.setPort(0);
        connector.setSecure(true);
        connector.setScheme("https");
        connector.setProperty("SSLEnabled", "true");
        connector.setProperty("sslImplementationName",
                "org.apache.tomcat.util.net.openssl.panama.OpenSSLImplementation");
        SSLHostConfig host = new SSLHostConfig();
        SSLHostConfigCertificate certificate = new SSLHostConfigCertificate(host,
                SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setCertificateKeystoreFile(arguments[0]);
        certificate.setCertificateKeystorePassword("changeit");
        host.addCertificate(certificate);
        connector.addSslHostConfig(host);
        tomcat.setConnector(connector);
        var context = tomcat.addContext("", Path.of(arguments[1]).toString());
        org.apache.catalina.startup.Tomcat.addServlet(context, "answer", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().print("42");
            }
        });
        context.addServletMappingDecoded("/", "answer");
        tomcat.start();
        int answers = 0;
        for (int i = 0; i < HANDSHAKES; i++) {
            answers += answer(connector.getLocalPort());
        }
        String protocol = connector.getProtocolHandler().getClass().getSimpleName();
        tomcat.stop();
        tomcat.destroy();
        System.out.println("Tomcat, " + protocol + ", OpenSSL over FFM: " + answers + " of " + HANDSHAKES
                + " handshakes");
        Figures.write();
        System.exit(0);
    }

    private static int answer(int port) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[]{new Everyone()}, null);
        HttpsURLConnection connection = (HttpsURLConnection) URI.create("https://localhost:" + port + "/").toURL()
                .openConnection();
        connection.setSSLSocketFactory(context.getSocketFactory());
        connection.setHostnameVerifier((name, session) -> true);
        connection.setRequestProperty("Connection", "close");
        try (InputStream content = connection.getInputStream()) {
            return new String(content.readAllBytes()).equals("42") ? 1 : 0;
        }
    }

    /** Trusts the certificate of the test. */
    private static final class Everyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
