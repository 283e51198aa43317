import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { explainAwsFailure } from '../shared/aws-failure.ts';
import { CliError } from '../shared/cli-error.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { DiagnosisClients } from './clients.ts';
import { type Finding, ok, wrong } from './steps.ts';

/** The caller's account and region. */
export interface Identity {
  readonly accountId: string;
  readonly region: string;
}

/** Checks whether AWS accepts the caller's credentials. */
export async function checkIdentity({ sts }: Pick<DiagnosisClients, 'sts'>): Promise<Finding<Identity>> {
  try {
    const { Arn, Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    const region = await sts.config.region();
    return ok(`${Arn}, region ${region}`, { accountId: Account, region });
  } catch (error) {
    const explanation = explainAwsFailure(error);
    if (explanation === undefined) throw error;
    return wrong('AWS does not accept the credentials, or cannot be reached', explanation);
  }
}

/** Checks whether the deployment exists. */
export async function checkDeployment(find: () => Promise<Deployment>): Promise<Finding<Deployment>> {
  try {
    const deployment = await find();
    return ok(deployment.name, deployment);
  } catch (error) {
    if (error instanceof CliError) return wrong('not found', error.message);
    throw error;
  }
}
