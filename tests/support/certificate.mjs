// SPDX-License-Identifier: Apache-2.0
// A self-signed certificate for turn.localhost, which browsers take for this machine, made by the openssl program.
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const kTurnDomain = 'turn.localhost';

export function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'sfu-certificate-'));
  const [key, certificate] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${kTurnDomain}`,
    '-addext', `subjectAltName=DNS:${kTurnDomain}`, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const pem = readFileSync(certificate);
  const spki = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return {
    key,
    certificate,
    pem,
    spkiHash: createHash('sha256').update(spki).digest('base64'),  // as browsers take it
    remove: () => rmSync(folder, { recursive: true }),
  };
}
