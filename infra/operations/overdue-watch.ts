import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DeployedFunction, type FunctionSettings } from '../deployed-function.ts';
import { grant } from '../grants.ts';
import type { ScheduleFigures } from '../rotation-schedule.ts';

/** What the watch compares. */
export interface OverdueWatchProps {
  readonly settings: FunctionSettings;
  readonly schedule: ScheduleFigures;
  readonly rotationFunctionArn: string;
}

/** The next hour's look makes up for one that never ran, so none is kept for longer. */
const INSISTENCE = { retryAttempts: 2, maxEventAge: Duration.hours(1) };

/** Looks every hour for credentials whose rotation is overdue: also when nothing failed because nothing ran. */
export class OverdueWatch extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, { settings, schedule, rotationFunctionArn }: OverdueWatchProps) {
    super(scope, id);
    const watch = new DeployedFunction(scope, {
      name: 'watch',
      settings,
      environment: {
        ROTATION_FUNCTION_ARN: rotationFunctionArn,
        SCHEDULE_EXPRESSION: schedule.expression,
        ROTATION_WINDOW: schedule.window,
        LONGEST_GAP_HOURS: schedule.longestGapHours,
      },
      invocation: INSISTENCE,
    });
    this.lambda = watch.lambda;
    // ListSecrets has no resources to name (Service Authorization Reference, "AWS Secrets Manager").
    grant(watch, { sid: 'ListSecrets', actions: ['secretsmanager:ListSecrets'], resources: ['*'] });

    new Rule(this, 'Hourly', {
      ruleName: `${settings.namePrefix}-watch`,
      description: 'Lets the Genesys Cloud token rotation look for overdue credentials',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaTarget(this.lambda, INSISTENCE)],
    });
  }
}
