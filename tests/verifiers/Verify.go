// Verifies every case of a folder with Go's crypto/x509: go run Verify.go FOLDER
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	folder := os.Args[1]
	file, err := os.Open(filepath.Join(folder, "cases.txt"))
	if err != nil {
		panic(err)
	}
	cases, faults := 0, 0
	for lines := bufio.NewScanner(file); lines.Scan(); cases++ {
		fields := strings.Fields(lines.Text())
		if err := verify(folder, fields[0], fields[3]); err != nil {
			fmt.Printf("%s: %v\n", fields[0], err)
			faults++
		}
	}
	fmt.Printf("%d cases, %d faults\n", cases, faults)
	if faults > 0 {
		os.Exit(1)
	}
}

func verify(folder, name, host string) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, root := range read(folder, name+".root.pem") {
		roots.AddCert(root)
	}
	for _, link := range read(folder, name+".mid.pem") {
		between.AddCert(link)
	}
	leaf := read(folder, name+".leaf.pem")[0]
	for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		options := x509.VerifyOptions{Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{usage}}
		if host != "-" {
			options.DNSName = host
		}
		if _, err := leaf.Verify(options); err != nil {
			return err
		}
	}
	if leaf.IsCA || len(leaf.UnhandledCriticalExtensions) > 0 {
		return fmt.Errorf("CA %v, unhandled %v", leaf.IsCA, leaf.UnhandledCriticalExtensions)
	}
	return nil
}

func read(folder, name string) (all []*x509.Certificate) {
	rest, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		panic(err)
	}
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return all
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			panic(name + ": " + err.Error())
		}
		all = append(all, certificate)
	}
}
