import { type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { mapBounded } from '../shared/bounded.ts';
import type { Deployment } from '../shared/deployment.ts';
import type { Identity } from './account-steps.ts';
import type { RotationFunction, TaskFunctions } from './function-steps.ts';
import { type Actor, neededCalls } from './needed-calls.ts';
import type { DescribedSecret, WorkingKey } from './secret-steps.ts';
import { type SimulatedCall, simulateCalls } from './simulated-calls.ts';
import { type Finding, isDenial, ok, skipped, wrong } from './steps.ts';
import type { Workflow } from './workflow-steps.ts';

/** The parts of a rotation that earlier steps found. */
export interface RotationParts {
  readonly identity: Identity;
  readonly secret: DescribedSecret;
  readonly secretKey: WorkingKey;
  readonly deployment: Deployment;
  readonly rotationFunction: RotationFunction;
  readonly taskFunctions: TaskFunctions;
  readonly workflow: Workflow;
}

const HOW_TO_TEST = 'use --test, which runs some of the functions with their own roles, or rotate';

/** Checks whether the roles' policies allow every call of a rotation of the secret. */
export async function checkPermissions(iam: IAMClient, parts: RotationParts): Promise<Finding<undefined>> {
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
    publishes: taskFunctions.publish !== undefined,
  });
  const roleOf = (actor: Actor): string => {
    if (actor === 'workflow') return workflow.roleArn;
    return actor === 'rotation' ? rotationFunction.roleArn : (taskFunctions[actor]?.roleArn ?? '');
  };
  const knownKeys = new Set(needed.flatMap(({ context }) => Object.keys(context)));
  const { region } = identity;
  try {
    const simulated = await mapBounded(needed, calls =>
      simulateCalls(iam, { roleArn: roleOf(calls.actor), calls, region, knownKeys }),
    );
    return findingOf(simulated.flat());
  } catch (error) {
    if (error instanceof NoSuchEntityException) {
      return wrong(
        `a role does not exist: ${error.message}`,
        'A function or the state machine names a role that was deleted. Deploy the stack again with npm run deploy.',
      );
    }
    if (!isDenial(error)) throw error;
    return skipped(`your identity may not call iam:SimulatePrincipalPolicy; ${HOW_TO_TEST}`);
  }
}

function findingOf(calls: readonly SimulatedCall[]): Finding<undefined> {
  const denied = calls.filter(({ isAllowed, unknownKeys }) => !isAllowed && unknownKeys.length === 0);
  const [first] = denied;
  if (first !== undefined) {
    const more = denied.length === 1 ? '' : `, and ${denied.length - 1} more`;
    return wrong(
      `${denialText(first)}${more}`,
      `A rotation needs these calls: ${denied.map(denialText).join('; ')}. ${fixOf(first)}`,
    );
  }
  const undecided = calls.find(({ isAllowed }) => !isAllowed);
  if (undecided !== undefined) {
    return skipped(
      `whether ${roleName(undecided)} may ${undecided.action} depends on ${undecided.unknownKeys.join(', ')}, which only a real call provides; ${HOW_TO_TEST}`,
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
      return 'A service control policy of your organisation denies it. Ask its administrators to allow it for the role.';
    case 'the boundary':
      return 'The permissions boundary of the role does not allow it. Extend the boundary, or deploy with another one.';
    case 'a policy':
      return 'A policy of the role denies it. Remove that policy, then deploy the stack again with npm run deploy.';
    case 'no policy':
      return `Deploy the stack again with npm run deploy. It reverts manual changes.${remedy === undefined ? '' : ` ${remedy}`}`;
  }
}
