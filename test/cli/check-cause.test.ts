import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkCause, SETTLED_AFTER_MS } from '../../cli/redrive/check-cause.ts';
import { executionName } from '../../functions/shared/executions/execution-name.ts';
import { genesysUrls } from '../../functions/shared/genesys/urls.ts';
import { commandLine } from '../../functions/shared/output/command-line.ts';
import { awsException, secretsManagerException } from '../helpers/aws-exception.ts';
import { mockAws } from '../helpers/aws-mock.ts';
import {
  EXECUTION_ARN_PREFIX,
  executionDescription,
  STATE_MACHINE_ARN,
} from '../helpers/execution-description.ts';
import {
  BASE_VERSION,
  DERIVED_VERSION,
  FOREIGN_VERSION,
  SECRET_ARN,
  SECRET_NAME,
  secretDescription,
  VERSION,
} from '../helpers/secret.ts';

const FAILED_AT = new Date('2026-07-01T08:00:00Z');
const BEFORE = new Date('2026-07-01T07:00:00Z');
const AFTER = new Date('2026-07-01T09:00:00Z');

const FAILED = {
  executionArn: `${EXECUTION_ARN_PREFIX}failed`,
  secretArn: SECRET_ARN,
  versionId: VERSION,
  closedAt: FAILED_AT,
};

const secrets = mockAws(SecretsManagerClient);
const stepFunctions = mockAws(SFNClient);
let called: string[] = [];

beforeEach(() => {
  secrets.reset();
  stepFunctions.reset();
  called = [];
  secrets.on(GetSecretValueCommand).resolves({
    VersionId: BASE_VERSION,
    SecretString: JSON.stringify({
      clientId: 'client',
      clientSecret: 'some-secret',
      refreshToken: 'some-token',
      region: 'eu-central-1',
    }),
  });
});

/** Lists the version with AWSCURRENT on the second page. */
function currentWrittenAt(at: Date | undefined): void {
  secrets
    .on(ListSecretVersionIdsCommand)
    .resolves({ Versions: [{ VersionStages: ['AWSPENDING'] }], NextToken: 'more' });
  secrets
    .on(ListSecretVersionIdsCommand, { NextToken: 'more' })
    .resolves({ Versions: at === undefined ? [] : [{ VersionStages: ['AWSCURRENT'], CreatedDate: at }] });
}

function cause(error: string, options: { serves?: boolean; now?: Date; message?: string } = {}) {
  const { serves = true, now = AFTER, message } = options;
  return checkCause({ error, message }, FAILED, {
    secrets: new SecretsManagerClient(),
    stepFunctions: new SFNClient(),
    stateMachineArn: STATE_MACHINE_ARN,
    genesysUrlsOf: genesysUrls({}),
    unavailableEndpoints: async urls => {
      called.push(urls.loginUrl);
      return serves ? [] : [`${urls.loginUrl}/oauth/token`];
    },
    nowMs: () => now.getTime(),
    sleep: async () => undefined,
    command: commandLine({}),
  });
}

describe('checkCause', () => {
  describe.each(['RefreshTokenRejected', 'ClientRejected', 'SharedLogin', 'WrongUser', 'InvalidSecret'])(
    'of %s',
    error => {
      it('looks gone once a newer version has AWSCURRENT', async () => {
        currentWrittenAt(AFTER);

        expect(await cause(error)).toEqual({
          looks: 'gone',
          why: 'AWSCURRENT was written at 2026-07-01T09:00:00.000Z, after the failure.',
        });
      });

      it('looks unchanged while AWSCURRENT is on the version from before the failure', async () => {
        currentWrittenAt(BEFORE);

        expect(await cause(error)).toMatchObject({
          looks: 'unchanged',
          why: expect.stringContaining('still the version of 2026-07-01T07:00:00.000Z'),
        });
      });

      it('is unknown when no version has AWSCURRENT', async () => {
        currentWrittenAt(undefined);

        expect(await cause(error)).toMatchObject({ looks: 'unknown' });
      });
    },
  );

  it.each([
    ['RefreshTokenRejected', `genesys-token-rotation authorize ${SECRET_NAME}`],
    ['SharedLogin', `genesys-token-rotation authorize ${SECRET_NAME}`],
    ['WrongUser', `genesys-token-rotation authorize ${SECRET_NAME}`],
    ['WrongUser', 'genesysUserId'],
    ['InvalidRotationRequest', `genesys-token-rotation rotate ${SECRET_NAME}`],
  ])('of %s names the fix: %s', async (error, remedy) => {
    currentWrittenAt(BEFORE);

    expect((await cause(error)).why).toContain(remedy);
  });

  describe.each(['GenesysRateLimited', 'GenesysUnavailable', 'TokenResponseLost'])('of %s', error => {
    it.each([
      [true, 'gone', 'respond.'],
      [false, 'unchanged', 'oauth/token does not respond'],
    ] as const)(
      'depends on whether the endpoints of the credential’s host respond: %s',
      async (serves, looks, why) => {
        expect(await cause(error, { serves })).toMatchObject({ looks, why: expect.stringContaining(why) });
        expect(called).toEqual(['https://login.mypurecloud.de']);
      },
    );

    it('is unknown if the credential cannot be read, and does not show the error', async () => {
      secrets.on(GetSecretValueCommand).rejects(secretsManagerException('AccessDeniedException'));

      const { looks, why } = await cause(error);

      expect(looks).toBe('unknown');
      expect(why).not.toContain('AccessDenied');
      expect(called).toEqual([]);
    });
  });

  describe.each(['AccessTokenRejected', 'ExchangeInProgress'])('of %s', error => {
    it.each([
      [SETTLED_AFTER_MS - 1, 'unchanged'],
      [SETTLED_AFTER_MS, 'gone'],
    ])('looks after %d ms %s', async (ageMs, looks) => {
      const now = new Date(FAILED_AT.getTime() + ageMs);

      expect(await cause(error, { now })).toMatchObject({ looks });
    });
  });

  it.each([
    ['SecretNotFound', 'gone'],
    ['InvalidRotationRequest', 'unchanged'],
    ['KMSInvalidStateException', 'unknown'],
    ['AccessTokenForbidden', 'unknown'],
    ['Aborted', 'unknown'],
  ])('of %s looks %s', async (error, looks) => {
    expect(await cause(error)).toMatchObject({ looks });
    expect(secrets.calls()).toEqual([]);
    expect(stepFunctions.calls()).toEqual([]);
  });
});

describe('checkCause of ExchangeUnsettled', () => {
  const OWNER = `${EXECUTION_ARN_PREFIX}owner`;
  const message = `The newest refresh token was presented by execution ${OWNER}, which failed before its result was recorded. Redrive that execution first.`;

  it.each([
    ['RUNNING', 'unchanged', `Wait for it: genesys-token-rotation redrive ${OWNER}`],
    ['PENDING_REDRIVE', 'unchanged', `Wait for it: genesys-token-rotation redrive ${OWNER}`],
    ['FAILED', 'unchanged', `Redrive it first: genesys-token-rotation redrive ${OWNER}`],
    ['TIMED_OUT', 'unchanged', `Redrive it first: genesys-token-rotation redrive ${OWNER}`],
    ['SUCCEEDED', 'gone', 'has succeeded'],
  ] as const)('checks the execution that the message names: %s', async (status, looks, why) => {
    stepFunctions
      .on(DescribeExecutionCommand, { executionArn: OWNER })
      .resolves(executionDescription(status));

    expect(await cause('ExchangeUnsettled', { message })).toMatchObject({
      looks,
      why: expect.stringContaining(why),
    });
  });

  it('looks gone once that execution can no longer be redriven', async () => {
    stepFunctions
      .on(DescribeExecutionCommand, { executionArn: OWNER })
      .resolves(executionDescription('FAILED', { redriveStatus: 'NOT_REDRIVABLE' }));

    expect(await cause('ExchangeUnsettled', { message })).toMatchObject({
      looks: 'gone',
      why: expect.stringContaining('can no longer be redriven'),
    });
  });

  it('looks gone once that execution no longer exists', async () => {
    stepFunctions.on(DescribeExecutionCommand).rejects(awsException(ExecutionDoesNotExist));

    expect(await cause('ExchangeUnsettled', { message })).toMatchObject({ looks: 'gone' });
  });

  it.each([undefined, 'Redrive it.', message.replaceAll(':execution:rotation:', ':execution:another:')])(
    'is unknown if the message names no execution of the state machine: %s',
    async text => {
      expect(await cause('ExchangeUnsettled', text === undefined ? {} : { message: text })).toMatchObject({
        looks: 'unknown',
      });
      expect(stepFunctions.calls()).toEqual([]);
    },
  );
});

describe('checkCause of PendingVersionTaken', () => {
  const OTHER_NAME = executionName({
    secretArn: SECRET_ARN,
    secretName: SECRET_NAME,
    clientRequestToken: FOREIGN_VERSION,
  });

  function pendingOn(versionId: string | undefined): void {
    secrets.on(DescribeSecretCommand).resolves(
      secretDescription({
        VersionIdsToStages: {
          [BASE_VERSION]: ['AWSCURRENT', ...(versionId === BASE_VERSION ? ['AWSPENDING'] : [])],
          ...(versionId !== undefined && versionId !== BASE_VERSION && { [versionId]: ['AWSPENDING'] }),
        },
      }),
    );
  }

  function running(...names: readonly string[]): void {
    stepFunctions.on(ListExecutionsCommand, { statusFilter: 'RUNNING' }).resolves({
      executions: names.map(name => ({
        executionArn: `${EXECUTION_ARN_PREFIX}${name}`,
        stateMachineArn: STATE_MACHINE_ARN,
        name,
        status: 'RUNNING',
        startDate: BEFORE,
      })),
    });
  }

  it.each([
    ['nowhere', undefined],
    ['on the version of AWSCURRENT', BASE_VERSION],
    ['on the version of this rotation', VERSION],
    ['on a derived version of this rotation', DERIVED_VERSION],
  ])('looks gone when AWSPENDING is %s', async (_where, versionId) => {
    pendingOn(versionId);

    expect(await cause('PendingVersionTaken')).toMatchObject({ looks: 'gone' });
    expect(stepFunctions.calls()).toEqual([]);
  });

  it('looks unchanged while another rotation of the secret is running', async () => {
    pendingOn(FOREIGN_VERSION);
    running('crm-other-secret', OTHER_NAME);

    expect(await cause('PendingVersionTaken')).toMatchObject({
      looks: 'unchanged',
      why: expect.stringContaining(`${EXECUTION_ARN_PREFIX}${OTHER_NAME}`),
    });
  });

  it('looks gone when no other rotation of the secret is running: a redrive takes the label back', async () => {
    pendingOn(FOREIGN_VERSION);
    running('crm-other-secret');

    expect(await cause('PendingVersionTaken')).toMatchObject({
      looks: 'gone',
      why: expect.stringContaining(FOREIGN_VERSION),
    });
  });
});
