import { describe, expect, it } from 'vitest';
import { executionStatusEvent } from '../../../sandbox/events/service-events.ts';
import type { ExecutionSnapshot } from '../../../sandbox/step-functions/execution.ts';

const EXECUTION_ARN = 'arn:aws:states:eu-central-1:111122223333:execution:rotation:one';
const STATE_MACHINE_ARN = 'arn:aws:states:eu-central-1:111122223333:stateMachine:rotation';
const STARTED_MS = Date.parse('2026-03-02T10:30:00.250Z');
const CLOSED_MS = Date.parse('2026-03-02T10:31:00.500Z');
const REDRIVEN_MS = Date.parse('2026-03-02T10:30:30.000Z');

function reported(changes: Partial<ExecutionSnapshot> = {}, encrypted = false) {
  const execution: ExecutionSnapshot = {
    executionArn: EXECUTION_ARN,
    stateMachineArn: STATE_MACHINE_ARN,
    name: 'one',
    status: 'FAILED',
    input: '{"a":1}',
    output: undefined,
    failure: { error: 'RefreshTokenRejected', cause: 'why' },
    stateName: 'Refresh',
    startedAt: new Date(STARTED_MS),
    closedAt: new Date(CLOSED_MS),
    redriveCount: 0,
    redrivenAt: undefined,
    history: [],
    ...changes,
  };
  const notRedrivableReason = execution.status === 'FAILED' ? undefined : 'cannot be redriven';
  return executionStatusEvent({ execution, notRedrivableReason, encrypted, at: new Date(CLOSED_MS) });
}

describe('the event of an execution', () => {
  it('reports error and cause', () => {
    const event = reported();

    expect(event).toStrictEqual({
      source: 'aws.states',
      detailType: 'Step Functions Execution Status Change',
      at: new Date(CLOSED_MS),
      resources: [EXECUTION_ARN],
      detail: {
        executionArn: EXECUTION_ARN,
        stateMachineArn: STATE_MACHINE_ARN,
        name: 'one',
        status: 'FAILED',
        startDate: STARTED_MS,
        stopDate: CLOSED_MS,
        input: '{"a":1}',
        output: null,
        stateMachineVersionArn: null,
        stateMachineAliasArn: null,
        redriveCount: 0,
        redriveDate: null,
        redriveStatus: 'REDRIVABLE',
        redriveStatusReason: null,
        inputDetails: { included: true },
        outputDetails: null,
        error: 'RefreshTokenRejected',
        cause: 'why',
      },
    });
  });

  it('has neither a stop date nor a result while the execution runs', () => {
    const { detail } = reported({ status: 'RUNNING', closedAt: undefined, failure: {} });

    expect(detail).toMatchObject({
      status: 'RUNNING',
      stopDate: null,
      output: null,
      outputDetails: null,
      error: null,
      cause: null,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'cannot be redriven',
    });
  });

  it('contains the output of a successful execution', () => {
    const { detail } = reported({ status: 'SUCCEEDED', output: '"done"', failure: {} });

    expect(detail).toMatchObject({ output: '"done"', outputDetails: { included: true }, error: null });
  });

  it('reports the date of a redrive', () => {
    const { detail } = reported({ redriveCount: 2, redrivenAt: new Date(REDRIVEN_MS) });

    expect(detail).toMatchObject({ redriveCount: 2, redriveDate: REDRIVEN_MS });
  });

  it('omits the data when the state machine has a customer managed key', () => {
    const { detail } = reported({ output: '"done"' }, true);

    expect(detail).toMatchObject({
      status: 'FAILED',
      input: null,
      inputDetails: { included: false },
      output: null,
      outputDetails: { included: false },
      error: null,
      cause: null,
    });
  });

  it('omits the input when it is too long together with the output', () => {
    const half = JSON.stringify('x'.repeat(130 * 1024));

    const { detail } = reported({ status: 'SUCCEEDED', input: half, output: half, failure: {} });

    expect(detail).toMatchObject({
      input: null,
      inputDetails: { included: false },
      output: half,
      outputDetails: { included: true },
    });
  });
});
