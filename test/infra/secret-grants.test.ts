import { describe, expect, it } from 'vitest';
import { arn, statementsOf, template } from './deployment.ts';

const A_SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:genesys/a-AbCdEf';
const A_PATTERN = 'arn:aws:secretsmanager:*:*:secret:genesys/*';
const A_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/8c1f0a52-0000-4000-8000-000000000000';

const CREATED_KEY = A_KEY.replace('8c1f', '9c1f');

const everySecret = template();
const someSecrets = template({
  secretArns: [A_SECRET],
  secretArnPatterns: [A_PATTERN],
  secretNames: ['genesys/b'],
  secretKeyArn: CREATED_KEY,
  secretKeyArns: [A_KEY],
});

const CREATED_SECRET = { Ref: Object.keys(someSecrets.findResources('AWS::SecretsManager::Secret'))[0] };
const ROTATES_HERE = {
  StringEquals: {
    'secretsmanager:resource/AllowRotationLambdaArn': arn('lambda', 'function:tokens-rotation'),
  },
};

describe('the grants on secrets', () => {
  it('cover only the given secrets, and only while they name the rotation function', () => {
    const use = statementsOf(someSecrets, 'tokens-fetch').find(({ Sid }) => Sid === 'UseRotatedSecrets');

    expect(new Set(use?.Resource as unknown[])).toEqual(new Set([A_SECRET, A_PATTERN, CREATED_SECRET]));
    expect(use?.Condition).toEqual(ROTATES_HERE);
  });

  it('cover, with allSecrets, every secret that names the rotation function', () => {
    const use = statementsOf(everySecret, 'tokens-fetch').find(({ Sid }) => Sid === 'UseRotatedSecrets');

    expect(use?.Resource).toEqual(arn('secretsmanager', 'secret:*'));
    expect(use?.Condition).toEqual(ROTATES_HERE);
  });

  it.each([
    ['tokens-fetch', 'kms:Decrypt'],
    ['tokens-refresh', 'kms:Decrypt'],
    ['tokens-store-pending', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['tokens-verify', 'kms:Decrypt'],
  ])(
    'allow %s to use customer managed keys only through Secrets Manager and for these secrets',
    (owner, actions) => {
      const statement = statementsOf(someSecrets, owner).find(({ Sid }) => Sid === 'UseKeysOfRotatedSecrets');

      expect(statement).toEqual({
        Sid: 'UseKeysOfRotatedSecrets',
        Effect: 'Allow',
        Action: actions,
        Resource: [A_KEY, CREATED_KEY],
        Condition: {
          StringEquals: {
            'kms:ViaService': {
              'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
            },
          },
          StringLike: { 'kms:EncryptionContext:SecretARN': [A_SECRET, CREATED_SECRET, A_PATTERN] },
        },
      });
    },
  );

  it.each(['tokens-rotation', 'tokens-promote'])(
    'do not include keys for %s, which handles no value',
    owner => {
      const sids = statementsOf(someSecrets, owner).map(({ Sid }) => Sid);

      expect(sids).toContain('UseRotatedSecrets');
      expect(sids).not.toContain('UseKeysOfRotatedSecrets');
    },
  );

  it.each([
    ['tokens-rotation', 'SealRotationToken'],
    ['tokens-refresh', 'SealTokenPair'],
    ['tokens-refresh', 'OpenTokenPair'],
    ['tokens-store-pending', 'OpenTokenPair'],
    ['tokens-store-pending', 'OpenRotationToken'],
  ])('allow %s to use the seal key (%s) for these secrets only', (owner, sid) => {
    const statement = statementsOf(someSecrets, owner).find(({ Sid }) => Sid === sid);

    expect(statement?.Condition).toMatchObject({
      StringLike: { 'kms:EncryptionContext:secretArn': [A_SECRET, CREATED_SECRET, A_PATTERN] },
    });
  });
});
