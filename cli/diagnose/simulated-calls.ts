import {
  type ContextEntry,
  type EvaluationResult,
  type IAMClient,
  paginateSimulatePrincipalPolicy,
  type ResourceSpecificResult,
} from '@aws-sdk/client-iam';
import type { CallContext, NeededCalls } from './needed-calls.ts';

/** The decision of a role's policies about one call. */
export interface SimulatedCall {
  readonly roleArn: string;
  readonly action: string;
  readonly resource: string;
  readonly isAllowed: boolean;
  /** What denies it. */
  readonly deniedBy: 'no policy' | 'a policy' | 'the boundary' | 'the organisation';
  /** Condition keys that a policy uses and only a real call provides. With any of them the decision is unknown. */
  readonly unknownKeys: readonly string[];
  /** What else to do about a denial. */
  readonly remedy: string | undefined;
}

/** What to simulate. */
export interface Simulated {
  readonly roleArn: string;
  readonly calls: NeededCalls;
  readonly region: string;
  /** Condition keys that some calls have; AWS reports them as missing for the role's other calls. */
  readonly knownKeys: ReadonlySet<string>;
}

/**
 * Simulates calls with IAM. The simulation does not include policies of keys and other resources.
 *
 * @see AWS Identity and Access Management API Reference, SimulatePrincipalPolicy and EvaluationResult
 */
export async function simulateCalls(client: IAMClient, simulated: Simulated): Promise<SimulatedCall[]> {
  const { roleArn, calls } = simulated;
  const context = { ...contextOfEveryCall(simulated), ...calls.context };
  const pages = paginateSimulatePrincipalPolicy(
    { client },
    {
      PolicySourceArn: roleArn,
      ActionNames: [...calls.actions],
      ResourceArns: [...calls.resources],
      ContextEntries: contextEntries(context),
    },
  );
  const found: SimulatedCall[] = [];
  for await (const { EvaluationResults = [] } of pages) {
    for (const result of EvaluationResults) {
      for (const each of resourceResults(result)) {
        const missing = each.MissingContextValues ?? [];
        found.push({
          roleArn,
          action: result.EvalActionName ?? '',
          resource: each.EvalResourceName ?? '',
          isAllowed: each.EvalResourceDecision === 'allowed',
          deniedBy: deniedBy(result, each),
          unknownKeys: missing.filter(key => !simulated.knownKeys.has(key) && !(key in context)),
          remedy: calls.remedy,
        });
      }
    }
  }
  return found;
}

/** The decision for each resource; with a single resource it may be in the result itself. */
function resourceResults(result: EvaluationResult): readonly ResourceSpecificResult[] {
  const { EvalResourceName, EvalDecision, MissingContextValues, ResourceSpecificResults = [] } = result;
  if (ResourceSpecificResults.length > 0) return ResourceSpecificResults;
  return [{ EvalResourceName, EvalResourceDecision: EvalDecision, MissingContextValues }];
}

function deniedBy(
  { OrganizationsDecisionDetail: organisation }: EvaluationResult,
  { EvalResourceDecision, PermissionsBoundaryDecisionDetail: boundary }: ResourceSpecificResult,
): SimulatedCall['deniedBy'] {
  if (organisation?.AllowedByOrganizations === false) return 'the organisation';
  if (boundary?.AllowedByPermissionsBoundary === false) return 'the boundary';
  return EvalResourceDecision === 'explicitDeny' ? 'a policy' : 'no policy';
}

/** Keys that every real call has and that permissions boundaries often use. A simulation must supply them. */
function contextOfEveryCall({ roleArn, region }: Simulated): CallContext {
  return {
    'aws:PrincipalAccount': roleArn.split(':')[4] ?? '',
    'aws:PrincipalArn': roleArn,
    'aws:RequestedRegion': region,
    [SECURE_TRANSPORT]: 'true',
  };
}

const SECURE_TRANSPORT = 'aws:SecureTransport';

function contextEntries(context: CallContext): ContextEntry[] {
  return Object.entries(context).map(([name, value]) => {
    const single = name === SECURE_TRANSPORT ? 'boolean' : 'string';
    return {
      ContextKeyName: name,
      ContextKeyValues: typeof value === 'string' ? [value] : [...value],
      ContextKeyType: typeof value === 'string' ? single : 'stringList',
    };
  });
}
