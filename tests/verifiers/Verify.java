import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Verifies every case of a folder with Java's PKIX validator: java Verify.java FOLDER */
public class Verify {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int cases = 0, faults = 0;
        for (String line : Files.readAllLines(folder.resolve("cases.txt"))) {
            String name = line.split(" ")[0];
            cases++;
            try {
                verify(folder, name);
            } catch (Exception fault) {
                faults++;
                System.out.println(name + ": " + fault);
            }
        }
        System.out.println(cases + " cases, " + faults + " faults");
        System.exit(faults > 0 ? 1 : 0);
    }

    static void verify(Path folder, String name) throws Exception {
        List<X509Certificate> path = new ArrayList<>(read(folder, name + ".leaf.pem"));
        X509Certificate leaf = path.get(0);
        path.addAll(read(folder, name + ".mid.pem"));
        TrustAnchor root = new TrustAnchor(read(folder, name + ".root.pem").get(0), null);
        PKIXParameters parameters = new PKIXParameters(Set.of(root));
        parameters.setRevocationEnabled(false);
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(path), parameters);
        if (leaf.getBasicConstraints() != -1) throw new Exception("is a CA");
        if (leaf.getKeyUsage()[5] || leaf.getKeyUsage()[6]) throw new Exception("may sign");
        // Reads every name; an unreadable one is an exception.
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        if (names != null && names.isEmpty()) throw new Exception("an empty list of names");
    }

    @SuppressWarnings("unchecked")
    static List<X509Certificate> read(Path folder, String name) throws Exception {
        byte[] pem = Files.readAllBytes(folder.resolve(name));
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        return new ArrayList<>((Collection<X509Certificate>) (Collection<?>)
            factory.generateCertificates(new ByteArrayInputStream(pem)));
    }
}
