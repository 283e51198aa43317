import { describe, expect, it } from 'vitest';
import { parseAuthorization, signatureOf } from '../../../sandbox/aws/signature.ts';

describe('signature', () => {
  it('matches the example in the AWS documentation', () => {
    // AWS General Reference, "Signature Version 4 signing process": GET ListUsers of IAM.
    const headers = {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      host: 'iam.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
    };
    const authorization = parseAuthorization(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    );
    if (authorization === undefined) expect.unreachable();

    const signature = signatureOf(
      {
        method: 'GET',
        path: '/',
        query: 'Version=2010-05-08&Action=ListUsers',
        headers,
        headerValues: {
          'content-type': [headers['content-type']],
          host: [headers.host],
          'x-amz-date': [headers['x-amz-date']],
        },
        body: Buffer.alloc(0),
      },
      authorization,
      'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    );

    expect(signature).toBe('5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7');
  });

  it.each([
    'Basic dXNlcjpwYXNz',
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request',
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws5_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0',
  ])('rejects "%s" as an authorization', header => {
    expect(parseAuthorization(header)).toBeUndefined();
  });
});
