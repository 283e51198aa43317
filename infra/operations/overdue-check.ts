import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DeployedFunction, type FunctionSettings } from '../deployed-function.ts';
import { grant } from '../grants.ts';
import type { ScheduleFigures } from '../rotation-schedule.ts';

/** Props of the overdue check. */
export interface OverdueCheckProps {
  readonly settings: FunctionSettings;
  readonly schedule: ScheduleFigures;
  readonly rotationFunctionArn: string;
}

/** An event expires after an hour, because the next hourly check replaces it. */
const INVOCATION_LIMITS = { retryAttempts: 2, maxEventAge: Duration.hours(1) };

/** Checks every hour for overdue credentials, which includes rotations that never start. */
export class OverdueCheck extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, { settings, schedule, rotationFunctionArn }: OverdueCheckProps) {
    super(scope, id);
    const overdueCheck = new DeployedFunction(scope, {
      name: 'overdue-check',
      settings,
      environment: {
        ROTATION_FUNCTION_ARN: rotationFunctionArn,
        SCHEDULE_EXPRESSION: schedule.expression,
        ROTATION_WINDOW: schedule.window,
        MAX_GAP_HOURS: schedule.longestGapHours,
      },
      invocation: INVOCATION_LIMITS,
    });
    this.lambda = overdueCheck.lambda;
    // ListSecrets has no resources to name (Service Authorization Reference, "AWS Secrets Manager").
    grant(overdueCheck, { sid: 'ListSecrets', actions: ['secretsmanager:ListSecrets'], resources: ['*'] });

    new Rule(this, 'Hourly', {
      ruleName: `${settings.namePrefix}-overdue-check`,
      description: 'Checks for overdue credentials of the Genesys Cloud token rotation',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaTarget(this.lambda, INVOCATION_LIMITS)],
    });
  }
}
