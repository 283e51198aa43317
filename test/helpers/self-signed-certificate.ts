import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate and its key, as PEM. */
export interface SelfSignedCertificate {
  readonly cert: string;
  readonly key: string;
}

const OBJECT_ID = { ecdsaWithSha256: '2a8648ce3d040302', commonName: '550403', subjectAltName: '551d11' };

/** Creates a self-signed certificate for 127.0.0.1 (RFC 5280, section 4.1). */
export function selfSignedCertificate(): SelfSignedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(der(0x06, OBJECT_ID.ecdsaWithSha256));
  const name = sequence(
    der(0x31, sequence(der(0x06, OBJECT_ID.commonName), der(0x0c, Buffer.from('loopback')))),
  );
  const validity = sequence(
    der(0x17, Buffer.from('200101000000Z')),
    der(0x18, Buffer.from('20991231235959Z')),
  );
  const addresses = sequence(der(0x87, '7f000001'));
  const extension = sequence(der(0x06, OBJECT_ID.subjectAltName), der(0x04, addresses));
  const certified = sequence(
    der(0xa0, der(0x02, '02')),
    der(0x02, '01'),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', certified, privateKey)]);
  const certificate = sequence(certified, algorithm, der(0x03, signature));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** One value in ASN.1's distinguished encoding: tag, length, content (bytes, or a string in hex). */
function der(tag: number, content: Buffer | string): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'hex') : content;
  const length =
    bytes.length < 0x80 ? [bytes.length] : [0x82, Math.floor(bytes.length / 256), bytes.length % 256];
  return Buffer.concat([Buffer.from([tag, ...length]), bytes]);
}
