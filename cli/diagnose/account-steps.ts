import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { explainAwsFailure } from '../shared/aws-failure.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { DiagnosisClients } from './clients.ts';
import { type Look, ok, wrong } from './steps.ts';

/** Who asks, and where. */
export interface Identity {
  readonly accountId: string;
  readonly region: string;
}

/** Whether AWS knows the caller. */
export async function lookAtIdentity({ sts }: Pick<DiagnosisClients, 'sts'>): Promise<Look<Identity>> {
  try {
    const { Arn, Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    const region = await sts.config.region();
    return ok(`${Arn}, region ${region}`, { accountId: Account, region });
  } catch (error) {
    const explanation = explainAwsFailure(error);
    if (explanation === undefined) throw error;
    return wrong('AWS was not reached in the name of anybody', explanation);
  }
}

/** Whether there is such a deployment. */
export async function lookAtDeployment(find: () => Promise<Deployment>): Promise<Look<Deployment>> {
  try {
    const deployment = await find();
    return ok(deployment.name, deployment);
  } catch (error) {
    if (error instanceof CliError) return wrong('not found', error.message);
    throw error;
  }
}
