import {
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { DeploymentSchedule } from '../../functions/shared/secrets/due-date.ts';
import type { Aws } from './aws.ts';
import { CliError } from './cli-error.ts';

/** A deployment, read from its functions. */
export interface Deployment {
  /** The name of the stack, and the prefix of all names in it. */
  readonly name: string;
  readonly rotationFunctionArn: string;
  readonly stateMachineArn: string;
  /** The schedule that the stack gives to its secrets. */
  readonly schedule: DeploymentSchedule;
}

/**
 * Finds a deployment by the names of its functions, and reads the rest from their environment.
 *
 * @throws CliError there is no deployment of this name in the account and region
 */
export async function findDeployment(name: string, { lambda }: Pick<Aws, 'lambda'>): Promise<Deployment> {
  const configuration = async (functionName: string): Promise<GetFunctionConfigurationCommandOutput> => {
    try {
      return await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      const region = await lambda.config.region();
      throw new CliError(
        'failed',
        `There is no deployment ${name} in region ${region}: the function ${functionName} does not exist. Select another stack with --stack or another region with --region, or deploy it with npm run deploy.`,
      );
    }
  };
  const [rotation, overdueCheck] = await Promise.all([
    configuration(`${name}-rotation`),
    configuration(`${name}-overdue-check`),
  ]);
  return {
    name,
    rotationFunctionArn: rotation.FunctionArn ?? '',
    stateMachineArn: variable(rotation, 'STATE_MACHINE_ARN'),
    schedule: {
      expression: variable(overdueCheck, 'SCHEDULE_EXPRESSION'),
      window: variable(overdueCheck, 'ROTATION_WINDOW'),
      longestGapHours: Number(variable(overdueCheck, 'MAX_GAP_HOURS')),
    },
  };
}

function variable(
  { FunctionName, Environment }: GetFunctionConfigurationCommandOutput,
  name: string,
): string {
  const value = Environment?.Variables?.[name];
  if (value !== undefined) return value;
  throw new CliError(
    'failed',
    `The function ${FunctionName} has no variable ${name}: it was deployed from another version. Deploy this version first: npm run deploy.`,
  );
}
