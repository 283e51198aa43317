import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { functionId, logicalId, propertiesOf, template } from '../deployment.ts';

const plain = template();
const TOPIC = { Ref: logicalId(plain, 'AWS::SNS::Topic') };

function alarm(name: string, stack: Template = plain): Record<string, unknown> | undefined {
  return propertiesOf(stack, 'AWS::CloudWatch::Alarm').find(
    ({ AlarmName }) => AlarmName === `tokens-${name}`,
  );
}

/** A metric of a function. */
function ofFunction(name: string, MetricName: string) {
  return {
    Namespace: 'AWS/Lambda',
    MetricName,
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: functionId(plain, name) } }],
    Statistic: 'Sum',
    Period: 3600,
  };
}

/** A metric that the functions write. */
function own(MetricName: string, Statistic: string) {
  return {
    Namespace: 'GenesysTokenRotation',
    MetricName,
    Dimensions: [{ Name: 'service', Value: 'tokens' }],
    Statistic,
    Period: 3600,
  };
}

const AT_FIRST_FAILURE = {
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  DatapointsToAlarm: 1,
  TreatMissingData: 'notBreaching',
};

describe('the alarms', () => {
  it.each([
    ['rotation-errors', { ...ofFunction('rotation', 'Errors'), ...AT_FIRST_FAILURE, EvaluationPeriods: 10 }],
    [
      'rotation-throttles',
      { ...ofFunction('rotation', 'Throttles'), ...AT_FIRST_FAILURE, EvaluationPeriods: 10 },
    ],
    ['notify-errors', { ...ofFunction('notify', 'Errors'), ...AT_FIRST_FAILURE, EvaluationPeriods: 10 }],
    [
      'overdue-check-errors',
      { ...ofFunction('overdue-check', 'Errors'), ...AT_FIRST_FAILURE, EvaluationPeriods: 3 },
    ],
    [
      'overdue-credentials',
      {
        ...own('OverdueCredentials', 'Maximum'),
        ...AT_FIRST_FAILURE,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 3,
        TreatMissingData: 'breaching',
      },
    ],
    ['lost-grants', { ...own('LostGrants', 'Sum'), ...AT_FIRST_FAILURE, EvaluationPeriods: 10 }],
    [
      'short-token-lifetime',
      {
        ...own('AccessTokenLifetime', 'Minimum'),
        ...AT_FIRST_FAILURE,
        Threshold: 9 * 3600,
        ComparisonOperator: 'LessThanThreshold',
        EvaluationPeriods: 10,
      },
    ],
  ])('evaluate the right metric for long enough: %s', (name, expected) => {
    expect(alarm(name)).toMatchObject(expected);
  });

  it('count every unsuccessful execution in failed-executions', () => {
    const { Metrics, ...properties } = alarm('failed-executions') ?? {};

    const [sum, ...counted] = Metrics as { ReturnData: boolean; MetricStat?: { Metric: object } }[];
    const Dimensions = [
      { Name: 'StateMachineArn', Value: { Ref: logicalId(plain, 'AWS::StepFunctions::StateMachine') } },
    ];
    expect(properties).toMatchObject({ ...AT_FIRST_FAILURE, EvaluationPeriods: 10 });
    expect(sum).toMatchObject({
      Expression: 'SUM([FILL(failed, 0), FILL(timedOut, 0), FILL(aborted, 0)])',
      ReturnData: true,
    });
    expect(counted.map(({ MetricStat }) => MetricStat?.Metric)).toEqual(
      ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map(MetricName => ({
        Namespace: 'AWS/States',
        MetricName,
        Dimensions,
      })),
    );
  });

  it('notify the topic about alarm and recovery', () => {
    plain.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [TOPIC], OKActions: [TOPIC] });
    plain.resourceCountIs('AWS::CloudWatch::Alarm', 8);
  });

  it.each([
    ['docs/runbook.md', {}],
    ['https://wiki.example/runbook', { runbookUrl: 'https://wiki.example/runbook' }],
  ])('name their entry in %s, within the limits of CloudWatch', (runbook, options) => {
    const alarms = propertiesOf(template(options), 'AWS::CloudWatch::Alarm');

    for (const { AlarmName, AlarmDescription } of alarms) {
      const entry = String(AlarmName).replace('tokens-', '');
      expect(AlarmDescription).toMatch(new RegExp(`Runbook: ${runbook}#${entry}$`));
      expect(String(AlarmDescription).length).toBeLessThanOrEqual(1024);
    }
    expect(alarms).toHaveLength(8);
  });

  it.each([
    ['rate(4 hours)', '2h', 7, 6 * 3600],
    ['cron(0 8 * * ? *)', '3h', 28, 27 * 3600],
    // An alarm in CloudWatch evaluates at most seven days.
    ['rate(30 days)', '1h', 168, 721 * 3600],
  ])('follow the schedule %s with a window of %s', (schedule, window, hours, seconds) => {
    const stack = template({ schedule, window });

    expect(alarm('failed-executions', stack)).toMatchObject({ EvaluationPeriods: hours });
    expect(alarm('short-token-lifetime', stack)).toMatchObject({
      EvaluationPeriods: hours,
      Threshold: seconds,
    });
    expect(alarm('overdue-credentials', stack)).toMatchObject({ EvaluationPeriods: 3 });
  });

  it('do not exist when alarms is false', () => {
    template({ alarms: false }).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });
});
