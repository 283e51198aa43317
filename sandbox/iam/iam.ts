import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';
import { type AwsService, operation } from '../aws/service.ts';
import type { Permissions } from './permissions.ts';
import type { Simulation } from './simulation.ts';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1_000;
const MIN_ARN_LENGTH = 20;

const notEmulated = v.optional(v.never());

const simulationInput = v.object({
  PolicySourceArn: v.pipe(v.string(), v.minLength(MIN_ARN_LENGTH)),
  ActionNames: v.pipe(v.array(v.string()), v.minLength(1)),
  ResourceArns: v.optional(v.array(v.string()), ['*']),
  ContextEntries: v.optional(
    v.array(
      v.object({
        ContextKeyName: v.string(),
        ContextKeyValues: v.optional(v.array(v.string()), []),
        ContextKeyType: v.string(),
      }),
    ),
    [],
  ),
  // Form values are strings.
  MaxItems: v.optional(
    v.pipe(v.string(), v.transform(Number), v.integer(), v.minValue(1), v.maxValue(MAX_PAGE_SIZE)),
    String(DEFAULT_PAGE_SIZE),
  ),
  Marker: v.optional(v.pipe(v.string(), v.regex(/^\d+$/))),
  PolicyInputList: notEmulated,
  PermissionsBoundaryPolicyInputList: notEmulated,
  PolicyExclusionList: notEmulated,
  ResourcePolicy: notEmulated,
  ResourceOwner: notEmulated,
  CallerArn: notEmulated,
  ResourceHandlingOption: notEmulated,
});
type SimulationInput = v.InferOutput<typeof simulationInput>;

/**
 * AWS Identity and Access Management: the policy simulator for the stack's roles. Uses only the condition keys in the
 * request, even for global keys, and no resource policies.
 *
 * @see AWS Identity and Access Management API Reference, SimulatePrincipalPolicy and EvaluationResult
 */
export function iam(permissions: Pick<Permissions, 'simulate'>): AwsService {
  return {
    id: 'iam',
    operations: {
      SimulatePrincipalPolicy: operation(
        simulationInput,
        input => simulatePrincipalPolicy(input, permissions),
        ({ PolicySourceArn }) => [{ action: 'iam:SimulatePrincipalPolicy', resource: PolicySourceArn }],
      ),
    },
  };
}

function simulatePrincipalPolicy(
  { PolicySourceArn, ActionNames, ResourceArns, ContextEntries, MaxItems, Marker = '0' }: SimulationInput,
  permissions: Pick<Permissions, 'simulate'>,
): object {
  const keys = new Map(
    ContextEntries.map(entry => [entry.ContextKeyName.toLowerCase(), entry.ContextKeyValues]),
  );
  const start = Number(Marker);
  const end = start + MaxItems;
  const results = ActionNames.slice(start, end).map(action =>
    evaluationResult(
      action,
      ResourceArns.map(resource => {
        const simulation = permissions.simulate(PolicySourceArn, { action, resource }, keys);
        if (simulation === undefined) throw noSuchEntity(PolicySourceArn);
        return { resource, simulation };
      }),
    ),
  );
  const isTruncated = end < ActionNames.length;
  return {
    EvaluationResults: results,
    IsTruncated: isTruncated,
    ...(isTruncated && { Marker: String(end) }),
  };
}

interface SimulatedResource {
  readonly resource: string;
  readonly simulation: Simulation;
}

/** The result for one action: the strictest decision for any resource, and the decision for each resource. */
function evaluationResult(action: string, resources: readonly SimulatedResource[]): object {
  const decisions = resources.map(({ simulation }) => decisionOf(simulation));
  const isAny = resources.length === 1 && resources[0]?.resource === '*';
  return {
    EvalActionName: action,
    EvalDecision: STRICTNESS.find(decision => decisions.includes(decision)) ?? 'allowed',
    MatchedStatements: [],
    MissingContextValues: [...new Set(resources.flatMap(({ simulation }) => simulation.missingKeys))],
    ...boundaryDetail(resources.map(({ simulation }) => simulation)),
    ...(!isAny && {
      ResourceSpecificResults: resources.map(({ resource, simulation }) => ({
        EvalResourceName: resource,
        EvalResourceDecision: decisionOf(simulation),
        MatchedStatements: [],
        MissingContextValues: simulation.missingKeys,
        ...boundaryDetail([simulation]),
      })),
    }),
  };
}

const STRICTNESS = ['explicitDeny', 'implicitDeny', 'allowed'] as const;

function decisionOf({ decision }: Simulation): (typeof STRICTNESS)[number] {
  if (decision.allowed) return 'allowed';
  return decision.reason === 'explicit deny' ? 'explicitDeny' : 'implicitDeny';
}

function boundaryDetail(simulations: readonly Simulation[]): object {
  const known = simulations.flatMap(({ isWithinBoundary }) =>
    isWithinBoundary === undefined ? [] : [isWithinBoundary],
  );
  if (known.length === 0) return {};
  return { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: known.every(Boolean) } };
}

function noSuchEntity(arn: string): AwsError {
  const kind = arn.includes(':user/') ? 'user' : 'role';
  return new AwsError('NoSuchEntity', `The ${kind} with name ${arn.split('/').at(-1)} cannot be found.`, {
    statusCode: 404,
  });
}
