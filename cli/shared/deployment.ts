import {
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { DeploymentSchedule } from '../../functions/shared/due-date.ts';
import type { Aws } from './aws.ts';
import { CliError } from './cli-error.ts';

/** A deployment, as its functions tell. */
export interface Deployment {
  /** The stack, which begins every name. */
  readonly name: string;
  readonly rotationFunctionArn: string;
  readonly stateMachineArn: string;
  /** The schedule that the stack gives to its secrets. */
  readonly schedule: DeploymentSchedule;
}

/**
 * Finds a deployment by the names of its functions; their environment names the rest.
 *
 * @throws CliError there is none of this name in the account and region
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
        `There is no deployment ${name} in the region ${region}: Lambda knows no function ${functionName}. Name another stack with --stack, another region with --region, or deploy it with npm run deploy.`,
      );
    }
  };
  const [rotation, watch] = await Promise.all([
    configuration(`${name}-rotation`),
    configuration(`${name}-watch`),
  ]);
  return {
    name,
    rotationFunctionArn: rotation.FunctionArn ?? '',
    stateMachineArn: variable(rotation, 'STATE_MACHINE_ARN'),
    schedule: {
      expression: variable(watch, 'SCHEDULE_EXPRESSION'),
      window: variable(watch, 'ROTATION_WINDOW'),
      longestGapHours: Number(variable(watch, 'LONGEST_GAP_HOURS')),
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
    `The function ${FunctionName} has no variable ${name}: it is not a function of this version. Deploy this version first, with npm run deploy.`,
  );
}
