import { describe, expect, it, onTestFinished } from 'vitest';
import { Clock } from '../../../sandbox/clock.ts';
import type { JsonObject } from '../../../sandbox/json.ts';
import type { KeyState } from '../../../sandbox/kms/key.ts';
import { keyUseChecker } from '../../../sandbox/kms/key-use.ts';
import type { StepFunctionsBehaviour } from '../../../sandbox/step-functions/behaviour.ts';
import type { StateMachineSpecification } from '../../../sandbox/step-functions/state-machine.ts';
import { StepFunctions } from '../../../sandbox/step-functions/step-functions.ts';
import { document, permissionsOf, role } from '../../helpers/stack-permissions.ts';
import { machine, ROLE_ARN, ScriptedFunctions } from './workflow.ts';

const ACCOUNT = { accountId: '123456789012', region: 'eu-central-1', partition: 'aws' };
const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/one';
const MACHINE_ARN = 'arn:aws:states:eu-central-1:123456789012:stateMachine:rotation';
const READER = {
  accountId: '123456789012',
  arn: 'arn:aws:iam::123456789012:user/reader',
  userId: 'AIDAREADER',
};
const LOGGING = {
  level: 'ALL',
  includeExecutionData: false,
  logGroupArns: ['arn:aws:logs:eu-central-1:123456789012:log-group:/aws/vendedlogs/states/rotation:*'],
};
const LOG_ACTIONS = [
  'CreateLogDelivery',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
].map(action => `logs:${action}`);
const TRACE_ACTIONS = [
  'PutTraceSegments',
  'PutTelemetryRecords',
  'GetSamplingRules',
  'GetSamplingTargets',
].map(action => `xray:${action}`);

const allow = (action: string | string[], changes: JsonObject = {}): JsonObject => ({
  Effect: 'Allow',
  Action: action,
  Resource: '*',
  ...changes,
});
const VIA_STATES = { 'kms:ViaService': 'states.eu-central-1.amazonaws.com' };
const useKey = (action: string | string[], conditions: JsonObject = {}): JsonObject =>
  allow(action, {
    Resource: KEY_ARN,
    Condition: {
      StringEquals: {
        'kms:EncryptionContext:aws:states:stateMachineArn': MACHINE_ARN,
        ...conditions,
      },
    },
  });

/** A Step Functions service that can create the state machine `rotation`, with a role that has these statements. */
function statesWith(
  statements: readonly JsonObject[],
  options: {
    readonly service?: string;
    readonly reader?: readonly JsonObject[];
    readonly behaviour?: Partial<StepFunctionsBehaviour>;
  } = {},
) {
  const key: { arn: string; state: KeyState | 'deleted' } = { arn: KEY_ARN, state: 'Enabled' };
  const clock = new Clock();
  onTestFinished(() => clock.stop());
  const name = ROLE_ARN.split('/').at(-1) ?? '';
  const permissions = permissionsOf({
    ...ACCOUNT,
    roles: [role(name, statements, { service: options.service ?? 'states.amazonaws.com' })],
    users: { [READER.arn]: document(...(options.reader ?? [allow('*')])) },
  });
  const states = new StepFunctions({
    ...ACCOUNT,
    clock,
    functions: new ScriptedFunctions(),
    authorizer: permissions,
    checkKeyUse: keyUseChecker(
      keyId => (keyId === KEY_ARN && key.state !== 'deleted' ? { ...key, state: key.state } : undefined),
      permissions,
    ),
    behaviour: { startLagMs: 0, describeLagMs: 0, ...options.behaviour },
  });
  return {
    permissions,
    key,
    create: (changes: Partial<StateMachineSpecification> = {}) =>
      states.createStateMachine({
        name: 'rotation',
        definition: machine({ Done: { Type: 'Succeed' } }),
        roleArn: ROLE_ARN,
        ...changes,
      }),
    closed: (arn: string) => states.executionClosed(arn),
    call: async (operation: string, input: object) =>
      states.operations[operation]?.run(input, {
        service: 'states',
        operation,
        input,
        caller: READER,
        requestId: 'request-1',
      }),
  };
}

const start = { stateMachineArn: MACHINE_ARN, name: 'one', input: '{}' };
const executionArn = `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:one`;

describe("a state machine's role", () => {
  it('must trust Step Functions', () => {
    const { create } = statesWith([], { service: 'lambda.amazonaws.com' });

    expect(() => create()).toThrow(expect.objectContaining({ type: 'AccessDeniedException' }));
  });

  it('needs all permissions for log deliveries when the history is logged', () => {
    const { create, permissions } = statesWith([allow(LOG_ACTIONS)]);

    create({ logging: LOGGING });

    expect(permissions.used().map(({ action }) => action)).toEqual(LOG_ACTIONS);
  });

  it.each(LOG_ACTIONS)('cannot log without %s', missing => {
    const { create } = statesWith([allow(LOG_ACTIONS.filter(action => action !== missing))]);

    expect(() => create({ logging: LOGGING })).toThrow(
      expect.objectContaining({
        type: 'AccessDeniedException',
        message: 'The state machine IAM Role is not authorized to access the Log Destination',
      }),
    );
  });

  it('sends the traces of each execution when tracing is enabled', async () => {
    const { create, call, permissions } = statesWith([allow(TRACE_ACTIONS)]);
    create({ tracing: true });

    await call('StartExecution', start);

    expect(permissions.used().map(({ action }) => action)).toEqual(TRACE_ACTIONS);
  });

  it('runs the execution even without the permission to send traces', async () => {
    const { create, call } = statesWith([]);
    create({ tracing: true });

    expect(await call('StartExecution', start)).toMatchObject({ executionArn });
  });
});

describe('a state machine with a customer managed key', () => {
  const DATA_KEY = ['kms:GenerateDataKey', 'kms:Decrypt'];

  it('allows its role to encrypt the data of an execution, bound to its ARN', async () => {
    const { create, call, permissions } = statesWith([useKey(DATA_KEY)]);
    create({ kmsKeyId: KEY_ARN });

    await call('StartExecution', start);

    expect(permissions.used().map(({ action }) => action)).toEqual(DATA_KEY);
  });

  it.each(DATA_KEY)('starts no execution when its role lacks %s', async missing => {
    const { create, call } = statesWith([useKey(DATA_KEY.filter(action => action !== missing))]);
    create({ kmsKeyId: KEY_ARN });

    await expect(call('StartExecution', start)).rejects.toMatchObject({ type: 'KmsAccessDeniedException' });
  });

  it('starts no execution when its role can use the key only through Step Functions', async () => {
    const { create, call } = statesWith([useKey(DATA_KEY, VIA_STATES)]);
    create({ kmsKeyId: KEY_ARN });

    await expect(call('StartExecution', start)).rejects.toMatchObject({ type: 'KmsAccessDeniedException' });
  });

  it.each([
    ['DescribeExecution', { executionArn }],
    ['GetExecutionHistory', { executionArn }],
    ['DescribeStateMachine', { stateMachineArn: MACHINE_ARN }],
  ])('allows %s only for callers with kms:Decrypt', async (operation, input) => {
    const readers = [[allow('states:*')], [allow('states:*'), useKey('kms:Decrypt', VIA_STATES)]];
    const [without, withKey] = readers.map(reader => statesWith([useKey(DATA_KEY)], { reader }));
    for (const states of [without, withKey]) {
      states?.create({ kmsKeyId: KEY_ARN });
      await states?.call('StartExecution', start);
    }

    await expect(without?.call(operation, input)).rejects.toMatchObject({ type: 'KmsAccessDeniedException' });
    await expect(withKey?.call(operation, input)).resolves.toBeDefined();
  });

  it.each([
    ['DescribeExecution', { executionArn, includedData: 'METADATA_ONLY' }],
    ['StopExecution', { executionArn }],
    ['ListExecutions', { stateMachineArn: MACHINE_ARN }],
  ])('allows %s for callers without kms:Decrypt', async (operation, input) => {
    const states = statesWith([useKey(DATA_KEY)], { reader: [allow('states:*')] });
    states.create({ kmsKeyId: KEY_ARN });
    await states.call('StartExecution', start);

    await expect(states.call(operation, input)).resolves.toBeDefined();
  });

  it('returns everything except the definition, including the key id, to a caller without kms:Decrypt', async () => {
    const states = statesWith([useKey(DATA_KEY)], { reader: [allow('states:*')] });
    states.create({ kmsKeyId: KEY_ARN });

    const input = { stateMachineArn: MACHINE_ARN, includedData: 'METADATA_ONLY' };
    expect(await states.call('DescribeStateMachine', input)).toMatchObject({
      status: 'ACTIVE',
      definition: '{}',
      encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: KEY_ARN },
    });
  });

  it('describes an execution without its data to a caller without kms:Decrypt', async () => {
    const states = statesWith([useKey(DATA_KEY)], { reader: [allow('states:*')] });
    states.create({ kmsKeyId: KEY_ARN });
    await states.call('StartExecution', { ...start, input: '{"versionId":"1"}' });

    const described = await states.call('DescribeExecution', { executionArn, includedData: 'METADATA_ONLY' });

    expect(described).toMatchObject({ executionArn, status: 'RUNNING', inputDetails: { included: false } });
    expect(JSON.stringify(described)).not.toContain('versionId');
  });

  it.each([
    ['Disabled', { kmsKeyState: 'DISABLED' }],
    ['PendingDeletion', { kmsKeyState: 'PENDING_DELETION' }],
    ['deleted', {}],
  ] as const)('refuses every operation that needs the key while the key is %s', async (state, details) => {
    const states = statesWith([useKey(DATA_KEY)]);
    states.create({ kmsKeyId: KEY_ARN });
    await states.call('StartExecution', start);
    states.key.state = state;
    const refusal = { type: 'KmsInvalidStateException', details };

    await expect(states.call('StartExecution', { ...start, name: 'two' })).rejects.toMatchObject(refusal);
    await expect(states.call('DescribeExecution', { executionArn })).rejects.toMatchObject(refusal);
    await expect(states.call('GetExecutionHistory', { executionArn })).rejects.toMatchObject(refusal);
    await expect(states.call('DescribeStateMachine', { stateMachineArn: MACHINE_ARN })).rejects.toMatchObject(
      refusal,
    );
    await expect(
      states.call('StopExecution', { executionArn, cause: 'stopped manually' }),
    ).rejects.toMatchObject(refusal);
    await expect(states.call('StopExecution', { executionArn })).resolves.toHaveProperty('stopDate');
  });

  it('does not reveal the state of the key to a caller without permission', async () => {
    const states = statesWith([useKey(DATA_KEY)], { reader: [allow('states:*')] });
    states.create({ kmsKeyId: KEY_ARN });
    await states.call('StartExecution', start);
    states.key.state = 'Disabled';

    await expect(states.call('DescribeExecution', { executionArn })).rejects.toMatchObject({
      type: 'KmsAccessDeniedException',
    });
  });

  describe('in a history without execution data', () => {
    const failing = machine({ Stop: { Type: 'Fail', Error: 'SENTINEL', Cause: 'SENTINEL' } });
    const input = { executionArn, includeExecutionData: false };

    /** A failed execution, whose key is disabled afterwards. */
    async function failedExecution(behaviour: Partial<StepFunctionsBehaviour>) {
      const states = statesWith([useKey(DATA_KEY)], { behaviour });
      states.create({ kmsKeyId: KEY_ARN, definition: failing });
      await states.call('StartExecution', start);
      await states.closed(executionArn);
      states.key.state = 'Disabled';
      return states;
    }

    it('needs the key by default', async () => {
      const states = await failedExecution({});

      await expect(states.call('GetExecutionHistory', input)).rejects.toMatchObject({
        type: 'KmsInvalidStateException',
      });
    });

    it('needs no key, and withholds error and cause, when configured', async () => {
      const states = await failedExecution({ historyWithoutData: 'needsNoKey' });

      const history = await states.call('GetExecutionHistory', input);

      expect(history).toMatchObject({
        events: [
          { type: 'ExecutionStarted' },
          { type: 'FailStateEntered', stateEnteredEventDetails: { name: 'Stop' } },
          { type: 'ExecutionFailed' },
        ],
      });
      expect(JSON.stringify(history)).not.toContain('SENTINEL');
    });
  });

  it('also needs a data key for its log', () => {
    const logKey = allow('kms:GenerateDataKey', {
      Resource: KEY_ARN,
      Condition: {
        StringEquals: {
          'kms:EncryptionContext:SourceArn': 'arn:aws:logs:eu-central-1:123456789012:*',
        },
      },
    });
    const statements = [allow(LOG_ACTIONS), useKey(DATA_KEY)];
    const specification = { logging: LOGGING, kmsKeyId: KEY_ARN };

    expect(() => statesWith(statements).create(specification)).toThrow(
      expect.objectContaining({ type: 'AccessDeniedException' }),
    );
    expect(statesWith([...statements, logKey]).create(specification)).toBe(MACHINE_ARN);
  });
});
