import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import * as functions from '../../functions/shared/secrets/published-token.ts';
import { PUBLISHER_TAG } from '../../infra/published-secrets.ts';
import { TokenRotation, type TokenRotationProps } from '../../infra/token-rotation.ts';
import { app, arn, BUNDLES, deployment, logicalId, statementsOf, template } from './deployment.ts';

const CREATED_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1c1f0a52-0000-4000-8000-000000000000';
const OTHER_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/2c1f0a52-0000-4000-8000-000000000000';
const OWN = { publishAccessTokens: true, secretNames: ['crm/genesys'] };

/** The ARN of published secrets by the name of the rotated one. */
function publishedArn(secretName: string): object {
  return arn('secretsmanager', `secret:${secretName}/access-token-??????`);
}

function keyUseCondition(secretArn: object): object {
  return {
    StringEquals: {
      'kms:ViaService': {
        'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
      },
    },
    StringLike: { 'kms:EncryptionContext:SecretARN': secretArn },
  };
}

/** The permissions of a consumer's role. */
function grantedTo(
  secretName: string,
  {
    createdKeyArn,
    otherKeyArn,
    ...props
  }: TokenRotationProps & { readonly createdKeyArn?: string; readonly otherKeyArn?: string },
) {
  const stack = new Stack(app(), 'consumers');
  const rotation = new TokenRotation(stack, 'Rotation', {
    bundles: BUNDLES,
    namePrefix: 'tokens',
    secretKey: createdKeyArn === undefined ? undefined : Key.fromKeyArn(stack, 'MadeKey', createdKeyArn),
    secretKeys: otherKeyArn === undefined ? [] : [Key.fromKeyArn(stack, 'OtherKey', otherKeyArn)],
    ...props,
  });
  const consumer = new Role(stack, 'Consumer', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'Execution role of the consumer',
  });
  rotation.grantReadAccessToken(secretName, consumer);
  const rendered = Template.fromStack(stack);
  return { rendered, statements: statementsOf(rendered, 'the consumer') };
}

describe('PublishedSecrets', () => {
  it('do not exist without the option', () => {
    const plain = template({ secretNames: ['crm/genesys'] });

    plain.resourceCountIs('AWS::SecretsManager::Secret', 1);
    plain.resourceCountIs('AWS::Lambda::Function', 8);
  });

  it('are created for new credentials without a value, with the tag and the key, and are retained', () => {
    const stack = template({ ...OWN, secretKeyArn: CREATED_KEY });

    stack.hasResource('AWS::SecretsManager::Secret', {
      DeletionPolicy: 'Retain',
      Properties: {
        Name: 'crm/genesys/access-token',
        Description: 'Genesys Cloud access token of crm/genesys, for consumers',
        KmsKeyId: CREATED_KEY,
        Tags: [{ Key: PUBLISHER_TAG, Value: 'tokens' }],
      },
    });
    const [published] = Object.values(
      stack.findResources('AWS::SecretsManager::Secret', {
        Properties: { Name: 'crm/genesys/access-token' },
      }),
    );
    expect(published?.Properties).not.toHaveProperty('SecretString');
  });

  it('have the same tag that the CLI adds to others', () => {
    expect(PUBLISHER_TAG).toBe(functions.PUBLISHER_TAG);
    expect(functions.publishedSecretName('crm/genesys')).toBe('crm/genesys/access-token');
  });

  it('have no rotation schedule', () => {
    template(OWN).resourceCountIs('AWS::SecretsManager::RotationSchedule', 1);
  });

  it('refuse a name that is too long with the suffix', () => {
    const secretNames = ['x'.repeat(500)];

    expect(() => deployment({ secretNames })).not.toThrow();
    expect(() => deployment({ secretNames, publishAccessTokens: true })).toThrow(/secretNames/);
  });
});

describe('the role of publish', () => {
  const stack = template({ ...OWN, secretKeyArn: CREATED_KEY, secretKeyArns: [OTHER_KEY] });
  const statements = statementsOf(stack, 'tokens-publish');

  it('allows only reading rotated secrets and writing published ones', () => {
    const actions = statements.map(({ Sid, Action }) => [Sid, ...[Action].flat()]);

    expect(actions).toEqual([
      [undefined, 'logs:CreateLogStream', 'logs:PutLogEvents'],
      [undefined, 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      ['UseRotatedSecrets', 'secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      ['UseKeysOfRotatedSecrets', 'kms:Decrypt'],
      [
        'WritePublishedSecrets',
        'secretsmanager:DescribeSecret',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      ['UseKeysOfPublishedSecrets', 'kms:Decrypt', 'kms:GenerateDataKey'],
    ]);
  });

  it('allows writing only secrets with the tag of the deployment', () => {
    const write = statements.find(({ Sid }) => Sid === 'WritePublishedSecrets');

    expect(write).toMatchObject({
      Resource: publishedArn('*'),
      Condition: { StringEquals: { [`aws:ResourceTag/${PUBLISHER_TAG}`]: 'tokens' } },
    });
  });

  it('allows using keys for published secrets only through Secrets Manager', () => {
    const keys = statements.find(({ Sid }) => Sid === 'UseKeysOfPublishedSecrets');

    expect(keys).toMatchObject({
      Resource: [CREATED_KEY, OTHER_KEY],
      Condition: keyUseCondition(publishedArn('*')),
    });
  });
});

describe('grantReadAccessToken', () => {
  const READ = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];

  it('grants reading the access token of a new credential, and using its key', () => {
    const { rendered, statements } = grantedTo('crm/genesys', { ...OWN, createdKeyArn: CREATED_KEY });

    const published = {
      Ref: logicalId(rendered, 'AWS::SecretsManager::Secret', { Name: 'crm/genesys/access-token' }),
    };
    expect(statements).toEqual([
      { Effect: 'Allow', Action: READ, Resource: published },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: CREATED_KEY,
        Condition: keyUseCondition(published),
      },
    ]);
  });

  it('grants reading the access token of an existing secret by its name, and using the keys of such secrets', () => {
    const props = {
      publishAccessTokens: true,
      secretArnPatterns: ['arn:aws:secretsmanager:*:*:secret:genesys/*'],
      otherKeyArn: OTHER_KEY,
    };

    const { statements } = grantedTo('genesys/voicemail', props);

    const published = publishedArn('genesys/voicemail');
    expect(statements).toEqual([
      { Effect: 'Allow', Action: READ, Resource: published },
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: OTHER_KEY, Condition: keyUseCondition(published) },
    ]);
  });

  it('needs no key when secrets use the AWS managed key', () => {
    expect(grantedTo('crm/genesys', OWN).statements).toHaveLength(1);
  });

  it.each(['*', 'crm/genesys-??????', ''])('refuses "%s", which is not the name of a secret', name => {
    expect(() => grantedTo(name, OWN)).toThrow(/secretName/);
  });

  it('is refused without the option', () => {
    expect(() => grantedTo('crm/genesys', { secretNames: ['crm/genesys'] })).toThrow(/publishAccessTokens/);
  });
});

describe('the policy in docs/consumers.md', () => {
  it('allows what grantReadAccessToken grants', () => {
    const page = readFileSync(new URL('../../docs/consumers.md', import.meta.url), 'utf8');
    const [, policy = '{}'] = /```json\n(\{\n {2}"Version".*?)```/s.exec(page) ?? [];
    const { statements } = grantedTo('crm/genesys', {
      publishAccessTokens: true,
      secretArnPatterns: ['arn:aws:secretsmanager:*:*:secret:crm/*'],
      otherKeyArn: OTHER_KEY,
    });

    const deployed = new Map([
      ['AWS::Partition', 'aws'],
      ['AWS::Region', 'eu-central-1'],
      ['AWS::AccountId', '111122223333'],
      ['AWS::URLSuffix', 'amazonaws.com'],
    ]);
    const resolved = JSON.parse(JSON.stringify(statements), (_key, value) => {
      if (typeof value !== 'object' || value === null) return value;
      if ('Ref' in value) return deployed.get(value.Ref);
      return 'Fn::Join' in value ? value['Fn::Join'][1].join('') : value;
    });
    expect(JSON.parse(policy).Statement).toEqual(resolved);
  });
});
