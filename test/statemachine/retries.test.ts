import { describe, expect, it } from 'vitest';
import { parseDefinition, type Retrier } from '../../statemachine/definition.ts';
import { definitionText } from '../../statemachine/definition-text.ts';
import { failure, runWorkflow, type Script } from './run-workflow.ts';
import { INPUT, REFRESH, RUNS_THROUGH, type RunThrough } from './scripts.ts';

/** How an error is retried. The test of the time limits covers the waits. */
interface Policy {
  readonly retries: number;
  readonly jitter: 'FULL' | 'NONE';
}

/** A transient error of AWS. */
const SHORT: Policy = { retries: 4, jitter: 'FULL' };
/** Writes to Secrets Manager: many rotations that start together exhaust the quota of 50 per second. */
const WRITE: Policy = { retries: 8, jitter: 'FULL' };
/** The outcome of the exchange is unknown. The second attempt waits for its deadline (ExchangeInProgress). */
const ONCE: Policy = { retries: 1, jitter: 'FULL' };
/** Retried until the deadline of another exchange must have passed. */
const DEADLINE: Policy = { retries: 10, jitter: 'NONE' };
/** Genesys Cloud's token endpoint applies its rate limit per minute, or is down. */
const TOKEN_ENDPOINT: Policy = { retries: 4, jitter: 'FULL' };
/** Genesys Cloud's API applies its rate limit or is down. Consumers may be waiting for the new token. */
const API: Policy = { retries: 4, jitter: 'FULL' };

/** Retried for a quarter of an hour, because the credential is already safe. */
const LONG: Policy = { retries: 20, jitter: 'FULL' };
/** The write of the published secret was refused: the secret, its tag or a policy may be seconds old. */
const REFUSED: Policy = { retries: 4, jitter: 'FULL' };

/** A function that did not run, or whose result did not arrive. Every function except refresh is safe to repeat. */
const NOT_RUN = {
  'Lambda.ClientExecutionTimeoutException': SHORT,
  'Lambda.ServiceException': SHORT,
  'Lambda.AWSLambdaException': SHORT,
  'Lambda.SdkClientException': SHORT,
  'Lambda.TooManyRequestsException': SHORT,
};
const ENDED = {
  'Lambda.Unknown': SHORT,
  'Sandbox.Timedout': SHORT,
  'Runtime.ExitError': SHORT,
  'States.Timeout': SHORT,
};
const ENDED_IN_AN_EXCHANGE = {
  'Lambda.Unknown': ONCE,
  'Sandbox.Timedout': ONCE,
  'Runtime.ExitError': ONCE,
  'States.Timeout': ONCE,
};
/** ThrottlingException, TimeoutError, and SyntaxError (a response that is not JSON) come from every client. */
const SECRETS_MANAGER = {
  ThrottlingException: SHORT,
  InternalServiceError: SHORT,
  TimeoutError: SHORT,
  SyntaxError: SHORT,
};
const KMS = {
  KMSInternalException: SHORT,
  KeyUnavailableException: SHORT,
  DependencyTimeoutException: SHORT,
};
const DYNAMODB = {
  InternalServerError: SHORT,
  ProvisionedThroughputExceededException: SHORT,
  RequestLimitExceeded: SHORT,
  TransactionCanceledException: SHORT,
  TransactionConflictException: SHORT,
  TransactionInProgressException: SHORT,
};
const EXCHANGE = {
  ExchangeInProgress: DEADLINE,
  GenesysRateLimited: TOKEN_ENDPOINT,
  GenesysUnavailable: TOKEN_ENDPOINT,
  TokenResponseLost: ONCE,
  ...ENDED_IN_AN_EXCHANGE,
  ...NOT_RUN,
  ...SECRETS_MANAGER,
  ...KMS,
  ...DYNAMODB,
};
const API_CALL = {
  GenesysRateLimited: API,
  GenesysUnavailable: API,
  ...NOT_RUN,
  ...ENDED,
  ...SECRETS_MANAGER,
};

const PUBLISH = {
  AccessTokenNotPublished: REFUSED,
  ...Object.fromEntries(Object.keys({ ...NOT_RUN, ...ENDED, ...SECRETS_MANAGER }).map(name => [name, LONG])),
};

/** The rejection could not be recorded in the journal; the next attempt continues with the other grant. */
const REJECTED_AGAIN: Policy = { retries: 2, jitter: 'FULL' };

/** The errors that each Task retries, and how. Every other error fails immediately or is caught. */
const POLICIES: Readonly<Record<string, Readonly<Record<string, Policy>>>> = {
  Fetch: { ...NOT_RUN, ...ENDED, ...SECRETS_MANAGER },
  Refresh: EXCHANGE,
  Failover: { AlternateGrantRejected: REJECTED_AGAIN, ...EXCHANGE },
  StorePending: {
    ...NOT_RUN,
    ...ENDED,
    ...SECRETS_MANAGER,
    ThrottlingException: WRITE,
    ...KMS,
    ...DYNAMODB,
  },
  Verify: API_CALL,
  Promote: { ...NOT_RUN, ...ENDED, ...SECRETS_MANAGER, ThrottlingException: WRITE, ...DYNAMODB },
  Publish: PUBLISH,
  RefreshAgain: { AlternateGrantRejected: REJECTED_AGAIN, ...EXCHANGE },
  StandDown: { ...NOT_RUN, ...ENDED, ...SECRETS_MANAGER },
  PublishNewerLogin: PUBLISH,
  CheckConfiguration: API_CALL,
};

/** The errors that each Task catches. */
const CAUGHT: Readonly<Record<string, readonly string[]>> = {
  Refresh: ['AlternateGrantRejected'],
  StorePending: ['NewerLogin', 'AccessTokenExpired'],
  Verify: ['AccessTokenExpired', 'CurrentVersionMoved', 'PendingVersionMissing'],
  Promote: ['AccessTokenExpired', 'CurrentVersionMoved', 'PendingVersionMissing'],
  RefreshAgain: ['NewerLogin'],
};

/** Errors of Tasks that no Task retries. */
const OTHERS = [
  'InvalidRotationRequest',
  'SecretNotFound',
  'InvalidSecret',
  'SharedLogin',
  'RefreshTokenRejected',
  'ClientRejected',
  'ExchangeUnsettled',
  'NewerLogin',
  'CurrentVersionMoved',
  'PendingVersionMissing',
  'PendingVersionTaken',
  'AccessTokenRejected',
  'AccessTokenExpired',
  'AccessTokenForbidden',
  'WrongUser',
  'AccessDeniedException',
  'ResourceNotFoundException',
  'InvalidRequestException',
  'InvalidParameterException',
  'ConditionalCheckFailedException',
  'KMSInvalidStateException',
  'InvalidCiphertextException',
  'Lambda.ResourceNotFoundException',
  'Runtime.ImportModuleError',
  'Error',
];
const ERRORS = [...new Set([...Object.values(POLICIES).flatMap(Object.keys), ...OTHERS])];

const { States } = parseDefinition(definitionText());

/** Omitted members have the defaults of the Amazon States Language. */
function policyOf({ MaxAttempts = 3, JitterStrategy = 'NONE' }: Retrier): object {
  return { retries: MaxAttempts, jitter: JitterStrategy };
}

const TASKS = RUNS_THROUGH.map(through => {
  const policies = POLICIES[through.task] ?? {};
  const caught = CAUGHT[through.task] ?? [];
  const fatal = ERRORS.filter(error => !(error in policies) && !caught.includes(error));
  return { ...through, policies: Object.entries(policies), fatal };
});

/** Runs the workflow once for each error that the Task may report, and counts the calls of the Task. */
function reportEach(
  { task, script, input }: RunThrough,
  errors: readonly string[],
  outcomesOf: (error: string) => Script[string],
) {
  return Promise.all(
    errors.map(async error => {
      const run = await runWorkflow({ ...script, [task]: outcomesOf(error) }, input);
      return { error, calls: run.calls.filter(call => call.state === task).length, failure: run.failure };
    }),
  );
}

describe('the retry policies', () => {
  it('are listed for every Task', () => {
    expect(new Set(Object.keys(POLICIES))).toEqual(new Set(RUNS_THROUGH.map(({ task }) => task)));
  });

  it.each(TASKS)('of $task are these', ({ task }) => {
    const retriers = States[task]?.Retry ?? [];

    const found = retriers.flatMap(retrier =>
      retrier.ErrorEquals.map(error => [error, policyOf(retrier)] as const),
    );

    expect(Object.fromEntries(found)).toEqual(POLICIES[task]);
  });
});

describe('a Task', () => {
  it.each(TASKS)('$task continues when its last retry succeeds', async ({ policies, ...through }) => {
    // Only the last call of a run through RefreshAgain or Verify is scripted here.
    const succeeds = (through.script[through.task] ?? []).slice(-1);

    const runs = await Promise.all(
      policies.map(async ([error, { retries }]) => {
        const failures = Array.from({ length: retries }, () => failure(error));
        const [run] = await reportEach(through, [error], () => [...failures, ...succeeds]);
        return run;
      }),
    );

    expect(runs).toEqual(
      policies.map(([error, { retries }]) => ({ error, calls: retries + 1, failure: undefined })),
    );
  });

  it.each(TASKS)('$task fails when its last retry fails', async ({ policies, ...through }) => {
    const runs = await Promise.all(
      policies.map(async ([error, { retries }]) => {
        const [run] = await reportEach(through, [error], () =>
          Array.from({ length: retries + 1 }, () => failure(error)),
        );
        return run;
      }),
    );

    expect(runs).toEqual(
      policies.map(([error, { retries }]) => ({
        error,
        calls: retries + 1,
        failure: { state: through.task, error },
      })),
    );
  });

  it.each(TASKS)('$task fails immediately after any other error', async ({ fatal, ...through }) => {
    const runs = await reportEach(through, fatal, error => [failure(error)]);

    expect(fatal.length).toBeGreaterThan(0);
    expect(runs).toEqual(fatal.map(error => ({ error, calls: 1, failure: { state: through.task, error } })));
  });

  it('retries a lost response once, however often it waits for the deadline in between', async () => {
    const lost = failure('TokenResponseLost');
    const waiting = Array.from({ length: 10 }, () => failure('ExchangeInProgress'));

    const run = await runWorkflow({ ...REFRESH, Refresh: [lost, ...waiting, lost] }, INPUT);

    expect(run.failure).toEqual({ state: 'Refresh', error: 'TokenResponseLost' });
    expect(run.calls.filter(({ state }) => state === 'Refresh')).toHaveLength(12);
  });
});
