import {
  CfnCondition,
  CfnMapping,
  CfnParameter,
  CfnRule,
  Fn,
  type Stack,
  Token,
  Tokenization,
} from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { FunctionName } from '../function-list.ts';
import { rotationSchedule, scheduleFigures } from '../rotation-schedule.ts';
import type { TemplateParameters } from '../token-rotation.ts';
import { ARN_PATTERN, NAME_PREFIX, PUBLISHABLE_NAME } from '../validation.ts';

/** The allowed intervals. Longer ones leave no time for a fix if tokens have a lifetime of one day. */
const INTERVALS = {
  '4h': 'rate(4 hours)',
  '6h': 'rate(6 hours)',
  '8h': 'rate(8 hours)',
  '12h': 'rate(12 hours)',
} as const;

/** The allowed windows. */
const WINDOWS = ['1h', '2h', '4h'] as const;

/** The values that CloudWatch Logs accepts, up to two years (API Reference, PutRetentionPolicy). */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731];

/** The conditions of the template, each with its parameter. */
export const CONDITIONS = {
  CreatesSecret: 'SecretName',
  SendsEmail: 'NotificationEmail',
  HasAlarms: 'Alarms',
  PublishesAccessTokens: 'PublishAccessTokens',
} as const;

/** The parameters for the location of the code, in a template that does not name local files. */
export const CODE_PARAMETERS = ['CodeBucket', 'CodePrefix'] as const;

/** The values that follow from interval and window, by mapping. */
const FIGURES = {
  LongestGapHours: 'longestGapHours',
  LongestGapSeconds: 'longestGapSeconds',
  LookBackHours: 'lookBackHours',
} as const;

/** Values of the parameters, known only at deployment. */
export interface DeclaredParameters extends TemplateParameters {
  readonly secretName: string;
  readonly secretArnPattern: string;
  readonly notificationEmail: string;
  readonly logRetentionDays: number;
}

/**
 * Declares parameters, mappings, conditions and rules of the template.
 *
 * @param archives the file names of the functions' archives
 */
export function declareParameters(
  stack: Stack,
  archives: Readonly<Record<FunctionName, string>>,
): DeclaredParameters {
  const text = (name: string, description: string, more: object = {}) =>
    new CfnParameter(stack, name, { type: 'String', description, ...more });
  const booleanParameter = (name: string, description: string, defaultValue: 'true' | 'false') =>
    text(name, description, { default: defaultValue, allowedValues: ['true', 'false'] });

  const bucket = text(
    'CodeBucket',
    'S3 bucket with the archives of the functions, in the region of the stack',
  );
  const prefix = text(
    'CodePrefix',
    'Prefix of the archives in the bucket, such as genesys-token-rotation/1.0.0/',
    { default: '' },
  );
  const name = text('DeploymentName', 'Prefix of all resource names; do not change it in an existing stack', {
    default: 'genesys-token-rotation',
    allowedPattern: NAME_PREFIX.pattern.source,
    constraintDescription: NAME_PREFIX.rule,
  });
  const secretName = text('SecretName', 'Name of a secret to create; its rotation is enabled', {
    default: '',
    allowedPattern: orEmpty(PUBLISHABLE_NAME),
  });
  const secretArnPattern = text(
    'SecretArnPattern',
    'Instead of SecretName: ARN pattern of the secrets that the functions may rotate; you enable their rotation',
    { default: '', allowedPattern: orEmpty(ARN_PATTERN) },
  );
  const interval = text('RotationInterval', 'How often secrets rotate', {
    default: '8h',
    allowedValues: Object.keys(INTERVALS),
  });
  const window = text(
    'RotationWindow',
    'Length of the rotation window, in which Secrets Manager starts a due rotation',
    {
      default: '1h',
      allowedValues: [...WINDOWS],
    },
  );
  const email = text(
    'NotificationEmail',
    'Email address for notifications, which must confirm the subscription',
    {
      default: '',
    },
  );
  const retention = new CfnParameter(stack, 'LogRetentionDays', {
    type: 'Number',
    description: 'Retention of the logs, in days',
    default: '90',
    allowedValues: RETENTION_DAYS.map(String),
  });
  const alarms = booleanParameter('Alarms', 'Whether to create CloudWatch alarms', 'true');
  const publishes = booleanParameter(
    'PublishAccessTokens',
    'Whether rotations also write the access token to the secret <name>/access-token',
    'false',
  );

  const condition = (id: keyof typeof CONDITIONS, expression: CfnCondition['expression']) =>
    new CfnCondition(stack, id, { expression });
  const isGiven = ({ valueAsString }: CfnParameter) => Fn.conditionNot(Fn.conditionEquals(valueAsString, ''));
  condition('CreatesSecret', isGiven(secretName));
  condition('SendsEmail', isGiven(email));
  condition('HasAlarms', Fn.conditionEquals(alarms.valueAsString, 'true'));
  condition('PublishesAccessTokens', Fn.conditionEquals(publishes.valueAsString, 'true'));
  const isMissing = ({ valueAsString }: CfnParameter) => Fn.conditionEquals(valueAsString, '');
  new CfnRule(stack, 'OneOfBoth', {
    assertions: [
      {
        assert: Fn.conditionOr(
          Fn.conditionAnd(isMissing(secretName), isGiven(secretArnPattern)),
          Fn.conditionAnd(isGiven(secretName), isMissing(secretArnPattern)),
        ),
        assertDescription: 'Set either SecretName or SecretArnPattern, not both.',
      },
    ],
  });

  const figureOf = (name: keyof typeof FIGURES) =>
    new CfnMapping(stack, name, { mapping: figures(FIGURES[name]) }).findInMap(
      interval.valueAsString,
      window.valueAsString,
    );
  const codeBucket = Bucket.fromBucketName(stack, 'Code', bucket.valueAsString);
  return {
    namePrefix: name.valueAsString,
    schedule: {
      expression: new CfnMapping(stack, 'ScheduleExpression', {
        mapping: Object.fromEntries(
          Object.entries(INTERVALS).map(([key, expression]) => [key, { Expression: expression }]),
        ),
      }).findInMap(interval.valueAsString, 'Expression'),
      window: window.valueAsString,
      longestGapHours: figureOf('LongestGapHours'),
      longestGapSeconds: numberOf(figureOf('LongestGapSeconds')),
      lookBackHours: numberOf(figureOf('LookBackHours')),
    },
    codeOf: function_ => Code.fromBucket(codeBucket, `${prefix.valueAsString}${archives[function_]}`),
    secretName: secretName.valueAsString,
    secretArnPattern: secretArnPattern.valueAsString,
    notificationEmail: email.valueAsString,
    logRetentionDays: retention.valueAsNumber,
  };
}

/** A schedule value for each interval and window. CloudFormation converts strings to numbers. */
function figures(figure: (typeof FIGURES)[keyof typeof FIGURES]): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(INTERVALS).map(([key, expression]) => [
      key,
      Object.fromEntries(
        WINDOWS.map(window => [
          window,
          String(scheduleFigures(rotationSchedule(expression, window))[figure]),
        ]),
      ),
    ]),
  );
}

function numberOf(text: string): number {
  return Token.asNumber(Tokenization.reverseString(text).firstToken);
}

/** CloudFormation matches the pattern against the whole value. */
function orEmpty({ source }: RegExp): string {
  return `^(${source.slice(1, -1)})?$`;
}
