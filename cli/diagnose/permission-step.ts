import { type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { mapBounded } from '../shared/bounded.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { Identity } from './account-steps.ts';
import type { RotationFunction, TaskFunctions } from './function-steps.ts';
import type { WorkingKey } from './key-steps.ts';
import { type Actor, neededCalls } from './needed-calls.ts';
import type { DescribedSecret } from './secret-steps.ts';
import { type SimulatedCall, simulateCalls } from './simulated-calls.ts';
import { isDenial, type Look, ok, skipped, wrong } from './steps.ts';
import type { Workflow } from './workflow-steps.ts';

/** What earlier steps found of a rotation's parts. */
export interface RotationParts {
  readonly identity: Identity;
  readonly secret: DescribedSecret;
  readonly secretKey: WorkingKey;
  readonly deployment: Deployment;
  readonly rotationFunction: RotationFunction;
  readonly taskFunctions: TaskFunctions;
  readonly workflow: Workflow;
}

const PROVED_BY_TEST =
  'with --test the functions that it runs show what they may do, and a rotation shows the rest';

/** Whether the policies of the roles allow every call that a rotation of the secret makes. */
export async function lookAtPermissions(iam: IAMClient, parts: RotationParts): Promise<Look<undefined>> {
  const { secret, secretKey, deployment, rotationFunction, taskFunctions, workflow, identity } = parts;
  const needed = neededCalls({
    secretArn: secret.ARN,
    secretName: secret.Name,
    secretKeyArn: secretKey.isManagedByAws ? undefined : secretKey.arn,
    sealKeyArn: rotationFunction.sealKeyArn,
    executionKeyArn: workflow.executionKeyArn,
    deployment,
    taskFunctionArns: Object.values(taskFunctions).map(({ arn }) => arn),
    journalTable: taskFunctions.refresh.journalTable ?? '',
  });
  const roleOf = (actor: Actor): string => {
    if (actor === 'workflow') return workflow.roleArn;
    return actor === 'rotation' ? rotationFunction.roleArn : taskFunctions[actor].roleArn;
  };
  const knownKeys = new Set(needed.flatMap(({ context }) => Object.keys(context)));
  const { region } = identity;
  try {
    const simulated = await mapBounded(needed, calls =>
      simulateCalls(iam, { roleArn: roleOf(calls.actor), calls, region, knownKeys }),
    );
    return lookOf(simulated.flat());
  } catch (error) {
    if (error instanceof NoSuchEntityException) {
      return wrong(
        `a role is gone: ${error.message}`,
        'A function or the state machine has a role that is not there any more. Deploy the stack again with npm run deploy.',
      );
    }
    if (!isDenial(error)) throw error;
    return skipped(`your identity may not ask for them (iam:SimulatePrincipalPolicy); ${PROVED_BY_TEST}`);
  }
}

function lookOf(calls: readonly SimulatedCall[]): Look<undefined> {
  const denied = calls.filter(({ isAllowed, unknownKeys }) => !isAllowed && unknownKeys.length === 0);
  const [first] = denied;
  if (first !== undefined) {
    const more = denied.length === 1 ? '' : `, and ${denied.length - 1} more of this kind`;
    return wrong(
      `${denialText(first)}${more}`,
      `A rotation needs what is denied here: ${denied.map(denialText).join('; ')}. ${fixOf(first)}`,
    );
  }
  const undecided = calls.find(({ isAllowed }) => !isAllowed);
  if (undecided !== undefined) {
    return skipped(
      `whether ${roleName(undecided)} may ${undecided.action} depends on ${undecided.unknownKeys.join(', ')}, which only a real call has; ${PROVED_BY_TEST}`,
    );
  }
  const roles = new Set(calls.map(({ roleArn }) => roleArn));
  return ok(`the ${roles.size} roles may make the ${calls.length} calls of a rotation`, undefined);
}

function denialText(call: SimulatedCall): string {
  return `the role ${roleName(call)} may not ${call.action} on ${call.resource}`;
}

function roleName({ roleArn }: SimulatedCall): string {
  return roleArn.split('/').at(-1) ?? roleArn;
}

function fixOf({ deniedBy, remedy }: SimulatedCall): string {
  switch (deniedBy) {
    case 'the organisation':
      return 'A service control policy of your organisation denies it: ask whoever keeps those policies to allow it to the role.';
    case 'the boundary':
      return 'The permissions boundary of the role does not allow it: widen the boundary, or deploy with another one.';
    case 'a policy':
      return 'A policy of the role denies it: take that policy away, then deploy the stack again with npm run deploy.';
    case 'no policy':
      return `Deploy the stack again with npm run deploy; it restores what was changed by hand.${remedy === undefined ? '' : ` ${remedy}`}`;
  }
}
