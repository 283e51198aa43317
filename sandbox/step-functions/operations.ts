import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { enumeration } from '../aws/enumeration.ts';
import { epochSeconds } from '../aws/json-protocol.ts';
import { type AccessRequest, type AwsOperation, operation } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import { arnOfKind } from './arn.ts';
import type { StepFunctionsBehaviour } from './behaviour.ts';
import type { ExecutionSnapshot } from './execution.ts';
import type { Executions } from './executions.ts';
import { ENCRYPTED_FAILURE, EXECUTION_DATA, wireEvent } from './history-wire.ts';
import type { ListedExecution } from './listed-execution.ts';
import { page, pageRequest } from './paging.ts';
import type { RoleUse } from './role-use.ts';
import { MAX_DATA_BYTES } from './state-data.ts';
import type { StateMachine } from './state-machine.ts';
import type { StateMachines } from './state-machines.ts';

const arn = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const inputText = v.pipe(v.string(), v.maxBytes(MAX_DATA_BYTES));
/** `METADATA_ONLY` omits encrypted data, so the caller needs no permission for the key. */
const includedData = v.optional(v.picklist(['ALL_DATA', 'METADATA_ONLY']));
const statuses = enumeration(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'], ['PENDING_REDRIVE']);

/** The dependencies of the operations. */
interface Resources {
  readonly clock: Clock;
  readonly machines: StateMachines;
  readonly executions: Executions;
  readonly roles: RoleUse;
  readonly behaviour: StepFunctionsBehaviour;
}

/** The emulated operations (AWS Step Functions API Reference, "Actions"); times are epoch seconds. */
export function stepFunctionsOperations(resources: Resources): Readonly<Record<string, AwsOperation>> {
  const { clock, machines, executions, roles, behaviour } = resources;
  return {
    StartExecution: operation(
      v.object({
        stateMachineArn: arn,
        name: v.optional(v.string()),
        input: v.optional(inputText),
        traceHeader: v.optional(v.never()),
      }),
      ({ stateMachineArn, name = randomUUID(), input = '{}' }) => {
        const machine = machines.get(stateMachineArn);
        roles.requireEncryption(machine, name);
        const execution = executions.start(machine, name, input);
        roles.trace(machine, name);
        return { executionArn: execution.executionArn, startDate: epochSeconds(execution.startedAt) };
      },
      ({ stateMachineArn }) => machineAccess('StartExecution', stateMachineArn),
    ),
    DescribeExecution: operation(
      v.object({ executionArn: arn, includedData }),
      ({ executionArn, includedData }, { caller }) => {
        const withData = includedData !== 'METADATA_ONLY';
        if (withData) roles.requireDecryption(executions.get(executionArn).machine, caller);
        const execution = executions.describe(executionArn);
        return describeExecution(execution, executions.notRedrivableReason(execution), withData);
      },
      ({ executionArn }) => executionAccess('DescribeExecution', executionArn),
    ),
    ListExecutions: operation(
      v.object({
        stateMachineArn: arn,
        mapRunArn: v.optional(v.never()),
        statusFilter: v.optional(statuses),
        redriveFilter: v.optional(v.picklist(['REDRIVEN', 'NOT_REDRIVEN'])),
        ...pageRequest,
      }),
      input => {
        const matching = executions
          .listed(machines.get(input.stateMachineArn).stateMachineArn)
          .filter(({ status }) => input.statusFilter === undefined || status === input.statusFilter)
          .filter(
            ({ redriveCount }) =>
              input.redriveFilter === undefined || (input.redriveFilter === 'REDRIVEN') === redriveCount > 0,
          );
        const { items, ...more } = page(matching, input, true, clock.nowMs());
        return { executions: items.map(listExecution), ...more };
      },
      ({ stateMachineArn }) => machineAccess('ListExecutions', stateMachineArn),
    ),
    GetExecutionHistory: operation(
      v.object({
        executionArn: arn,
        reverseOrder: v.optional(v.boolean()),
        includeExecutionData: v.optional(v.boolean()),
        ...pageRequest,
      }),
      (input, { caller }) => {
        const { history, machine } = executions.get(input.executionArn);
        const withData = input.includeExecutionData !== false;
        const needsKey = withData || behaviour.historyWithoutData === 'needsKey';
        if (needsKey) roles.requireDecryption(machine, caller);
        const withheld = [
          ...(withData ? [] : EXECUTION_DATA),
          ...(needsKey || machine.kmsKeyId === undefined ? [] : ENCRYPTED_FAILURE),
        ];
        const { items, ...more } = page(history.events, input, input.reverseOrder === true, clock.nowMs());
        return { events: items.map(event => wireEvent(event, withheld)), ...more };
      },
      ({ executionArn }) => executionAccess('GetExecutionHistory', executionArn),
    ),
    RedriveExecution: operation(
      v.object({
        executionArn: arn,
        clientToken: v.optional(v.pipe(v.string(), v.regex(/^[!-~]{1,64}$/))),
      }),
      ({ executionArn, clientToken }) => ({
        redriveDate: epochSeconds(executions.redrive(executionArn, clientToken)),
      }),
      ({ executionArn }) => executionAccess('RedriveExecution', executionArn),
    ),
    StopExecution: operation(
      v.object({
        executionArn: arn,
        error: v.optional(v.pipe(v.string(), v.maxLength(256))),
        cause: v.optional(v.pipe(v.string(), v.maxLength(32_768))),
      }),
      ({ executionArn, error, cause }) => {
        const { machine, name } = executions.get(executionArn);
        // "A caller can stop an execution without using any KMS permissions in the execution role if the caller
        // provides a null value for both" (AWS Step Functions API Reference, StopExecution).
        if (error !== undefined || cause !== undefined) roles.requireEncryption(machine, name);
        const { closedAt } = executions.stop(executionArn, { error, cause });
        return { stopDate: epochSeconds(closedAt ?? clock.now()) };
      },
      ({ executionArn }) => executionAccess('StopExecution', executionArn),
    ),
    DescribeStateMachine: operation(
      v.object({ stateMachineArn: arn, includedData }),
      ({ stateMachineArn, includedData }, { caller }) => {
        const machine = machines.get(stateMachineArn);
        if (includedData === 'METADATA_ONLY') return { ...describeStateMachine(machine), definition: '{}' };
        roles.requireDecryption(machine, caller);
        return describeStateMachine(machine);
      },
      ({ stateMachineArn }) => machineAccess('DescribeStateMachine', stateMachineArn),
    ),
  };
}

/** AWS Step Functions API Reference, EncryptionConfiguration: the default. */
const DATA_KEY_REUSE_SECONDS = 300;

/** @throws AwsError InvalidArn */
function machineAccess(name: string, stateMachineArn: string): AccessRequest[] {
  return [{ action: `states:${name}`, resource: arnOfKind('stateMachine', stateMachineArn) }];
}

/** @throws AwsError InvalidArn */
function executionAccess(name: string, executionArn: string): AccessRequest[] {
  return [{ action: `states:${name}`, resource: arnOfKind('execution', executionArn) }];
}

function listExecution(execution: ListedExecution): object {
  const { executionArn, stateMachineArn, name, status, redriveCount } = execution;
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate: epochSeconds(execution.startedAt),
    stopDate: execution.closedAt && epochSeconds(execution.closedAt),
    redriveCount,
    redriveDate: execution.redrivenAt && epochSeconds(execution.redrivenAt),
  };
}

function describeExecution(
  execution: ExecutionSnapshot,
  notRedrivableReason: string | undefined,
  withData: boolean,
): object {
  const { input, output, failure } = execution;
  return {
    ...listExecution(execution),
    inputDetails: { included: withData },
    outputDetails: output === undefined ? undefined : { included: withData },
    ...(withData && { input, output, ...failure }),
    ...(notRedrivableReason === undefined
      ? { redriveStatus: 'REDRIVABLE' }
      : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: notRedrivableReason }),
  };
}

function describeStateMachine(machine: StateMachine): object {
  return {
    stateMachineArn: machine.stateMachineArn,
    name: machine.name,
    type: 'STANDARD',
    creationDate: epochSeconds(machine.createdAt),
    status: 'ACTIVE',
    definition: machine.definition.text,
    roleArn: machine.roleArn,
    loggingConfiguration: loggingConfiguration(machine),
    tracingConfiguration: { enabled: machine.tracing },
    encryptionConfiguration: encryptionConfiguration(machine),
  };
}

function loggingConfiguration({ logging }: StateMachine): object {
  if (logging === undefined) return { level: 'OFF', includeExecutionData: false };
  const { logGroupArns, ...rest } = logging;
  return {
    ...rest,
    destinations: logGroupArns.map(logGroupArn => ({ cloudWatchLogsLogGroup: { logGroupArn } })),
  };
}

function encryptionConfiguration({ kmsKeyId }: StateMachine): object {
  return kmsKeyId === undefined
    ? { type: 'AWS_OWNED_KEY' }
    : { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId, kmsDataKeyReusePeriodSeconds: DATA_KEY_REUSE_SECONDS };
}
