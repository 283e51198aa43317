import type { Account } from '../aws/account.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { AccessRequest } from '../aws/service.ts';
import type { JsonObject } from '../json.ts';
import type { StackModel } from '../template/stack-model.ts';
import { type Authorizer, accessDenied } from './authorizer.ts';
import type { RequestKeys } from './conditions.ts';
import { type ApplicablePolicies, type Decision, decide, type InForce } from './decision.ts';
import { type Grant, Grants } from './grants.ts';
import { parsePolicy } from './policy-document.ts';
import { type Principal, principalName, type ServicePrincipal } from './principal.ts';
import { requestKeys } from './request-keys.ts';
import { type Simulation, simulate } from './simulation.ts';
import {
  defaultKeyPolicy,
  functionPolicyStatement,
  functionStatement,
  type KeyPolicy,
  keyPolicy,
  type RolePolicies,
  resourcePolicy,
  rolePolicies,
} from './stack-policies.ts';
import type { EvaluatedRequest, Statement } from './statement.ts';
import { UnevaluablePolicy } from './unevaluable-policy.ts';

/** A denied request. */
export interface Denial {
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  /** Whether a test revoked the grant or expects the denial. */
  readonly expected: boolean;
}

/** The policies of a sandbox. */
export interface PermissionsOptions extends Account {
  readonly stack: Pick<StackModel, 'roles' | 'keys' | 'permissions' | 'resourcePolicies'>;
  /** Policies of users, by the user's ARN. */
  readonly users?: Readonly<Record<string, JsonObject>>;
}

/**
 * Authorises requests by the policies in the synthesised template: those of roles, keys, functions and other resources.
 * Records which grants were used and which requests were denied.
 */
export class Permissions implements Authorizer {
  readonly #options: PermissionsOptions;
  readonly #roles: ReadonlyMap<string, RolePolicies>;
  readonly #users: ReadonlyMap<string, readonly Statement[]>;
  readonly #keys = new Map<string, KeyPolicy>();
  readonly #functions: readonly Statement[];
  readonly #functionPolicies: readonly (readonly [JsonObject, readonly Statement[]])[];
  readonly #resources = new Map<string, readonly Statement[]>();
  readonly #grants = new Grants();
  readonly #denials = new Map<string, Denial>();
  readonly #expectedDenials: (Pick<Denial, 'caller'> & Partial<Denial>)[] = [];
  #unevaluable: UnevaluablePolicy | undefined;

  /** @throws UnevaluablePolicy when a policy of the stack cannot be evaluated */
  constructor(options: PermissionsOptions) {
    const { stack, users = {} } = options;
    this.#options = options;
    this.#roles = new Map(stack.roles.map(role => [role.arn, rolePolicies(role)]));
    this.#users = new Map(
      Object.entries(users).map(([arn, document]) => [arn, parsePolicy(document, `user ${arn}`, 'identity')]),
    );
    for (const { arn, policy = defaultKeyPolicy(options) } of stack.keys) {
      this.#keys.set(arn, keyPolicy(arn, policy));
    }
    for (const policy of stack.resourcePolicies) {
      const existing = this.#resources.get(policy.resourceArn) ?? [];
      this.#resources.set(policy.resourceArn, [...existing, ...resourcePolicy(policy)]);
    }
    for (const { name, identity } of this.#roles.values()) {
      for (const statement of identity) this.#grants.add(name, statement);
    }
    this.#functionPolicies = stack.permissions.map(permission => {
      const statements = functionStatement(permission);
      for (const statement of statements) this.#grants.add(permission.principal, statement);
      return [functionPolicyStatement(permission), statements];
    });
    this.#functions = this.#functionPolicies.flatMap(([, statements]) => statements);
  }

  readonly authorize = (principal: Principal, request: AccessRequest): void => {
    const decision = this.#decide(principal, request);
    if (!decision.allowed) throw accessDenied(principal, request, decision);
  };

  readonly allows = (principal: Principal, request: AccessRequest): boolean =>
    this.#decide(principal, request).allowed;

  readonly mayAssume = (roleArn: string, service: ServicePrincipal): boolean => {
    const request = this.#evaluatedRequest(service, { action: 'sts:AssumeRole', resource: roleArn });
    const resource = this.#roles.get(roleArn)?.trust ?? [];
    return this.#recordingUnevaluable(() =>
      decide(request, { identity: [], resource, resourceMustAllow: true }),
    ).allowed;
  };

  /**
   * Evaluates the identity-based policies and the boundary of a role or user. Records neither used grants nor
   * denials.
   *
   * @param keys all condition keys of the request, in lower case
   * @returns undefined for an unknown role or user
   */
  simulate(
    arn: string,
    request: Pick<AccessRequest, 'action' | 'resource'>,
    keys: RequestKeys,
  ): Simulation | undefined {
    const role = this.#roles.get(arn);
    const identity = role?.identity ?? this.#users.get(arn);
    if (identity === undefined) return undefined;
    const principal = {
      accountId: this.#options.accountId,
      arn,
      roleArn: role && arn,
    };
    const inForce: InForce = (_statement, clause) => this.#grants.isInForce(clause);
    return this.#recordingUnevaluable(() =>
      simulate({ ...request, principal, keys }, { identity, boundary: role?.boundary }, inForce),
    );
  }

  /** The statements in force of the policy of a function, version or alias. */
  functionPolicy(functionArn: string): readonly JsonObject[] {
    return this.#functionPolicies
      .filter(
        ([{ Resource }, statements]) =>
          Resource === functionArn &&
          statements.every(({ clauses }) => clauses.every(clause => this.#grants.isInForce(clause))),
      )
      .map(([statement]) => statement);
  }

  /** A key's current policy. */
  keyPolicy(keyArn: string): JsonObject {
    return this.#keyPolicy(keyArn).document;
  }

  /**
   * Replaces the policy of a key.
   *
   * @throws AwsError MalformedPolicyDocumentException when the caller could not replace the new policy
   * @throws UnevaluablePolicy
   * @see AWS KMS API Reference, PutKeyPolicy
   */
  replaceKeyPolicy(keyArn: string, document: JsonObject, caller: Principal): void {
    const policy = keyPolicy(keyArn, document);
    const request = this.#evaluatedRequest(caller, { action: 'kms:PutKeyPolicy', resource: keyArn });
    const policies = { ...this.#policies(request), resource: policy.statements };
    if (!this.#recordingUnevaluable(() => decide(request, policies)).allowed) {
      throw new AwsError(
        'MalformedPolicyDocumentException',
        'The new key policy will not allow you to update the key policy in the future.',
      );
    }
    this.#keys.set(keyArn, policy);
  }

  /** All grants of the stack's policies. */
  granted(): readonly Grant[] {
    return this.#grants.all();
  }

  /** The grants that have allowed a call. */
  used(): readonly Grant[] {
    return this.#grants.used();
  }

  /** The denied requests, without duplicates. */
  denials(): readonly Denial[] {
    return [...this.#denials.values()];
  }

  /**
   * Revokes the grants that have all of the given members, written as in the template.
   *
   * @returns a function that restores them
   * @throws Error when no grant matches
   */
  revoke(which: Partial<Grant>): () => void {
    return this.#grants.revoke(which);
  }

  /**
   * Marks denials as expected: for a caller outside the stack, any denial; for a role of the stack, the denial of one
   * action on one resource.
   *
   * @throws Error when the caller has a role of the stack, and action or resource is missing
   */
  expectDenial(which: Pick<Denial, 'caller'> & Partial<Pick<Denial, 'action' | 'resource'>>): void {
    const isOfStack = [...this.#roles.values()].some(({ name }) =>
      which.caller.includes(`:assumed-role/${name}/`),
    );
    if (isOfStack && (which.action === undefined || which.resource === undefined)) {
      throw new Error(`${which.caller} has a role of the stack: specify action and resource.`);
    }
    this.#expectedDenials.push(which);
  }

  /** @throws UnevaluablePolicy when a call failed with an internal error because a policy could not be evaluated */
  throwIfUnevaluable(): void {
    if (this.#unevaluable !== undefined) throw this.#unevaluable;
  }

  #decide(principal: Principal, request: AccessRequest): Decision {
    const evaluated = this.#evaluatedRequest(principal, request);
    const policies = this.#policies(evaluated);
    return this.#recordingUnevaluable(() => {
      const decision = decide(evaluated, policies, (_statement, clause) => this.#grants.isInForce(clause));
      if (decision.allowed) this.#grants.use(decision.clause);
      else this.#recordDenial(evaluated, policies);
      return decision;
    });
  }

  #recordDenial(request: EvaluatedRequest, policies: ApplicablePolicies): void {
    const caller = principalName(request.principal);
    const { action, resource } = request;
    const expected = this.#isExpected({ caller, action, resource }) || decide(request, policies).allowed;
    const denial = { caller, action, resource, expected };
    this.#denials.set(JSON.stringify(denial), denial);
  }

  #isExpected(denial: Omit<Denial, 'expected'>): boolean {
    return this.#expectedDenials.some(
      ({ caller, action = denial.action, resource = denial.resource }) =>
        caller === denial.caller && action === denial.action && resource === denial.resource,
    );
  }

  #evaluatedRequest(
    principal: Principal,
    { action, resource, context = {} }: AccessRequest,
  ): EvaluatedRequest {
    return {
      principal,
      action,
      resource,
      keys: requestKeys(principal, action, context, this.#options.region),
    };
  }

  #policies({ principal, action, resource }: EvaluatedRequest): ApplicablePolicies {
    const role =
      'service' in principal || principal.roleArn === undefined
        ? undefined
        : this.#roles.get(principal.roleArn);
    const user = 'service' in principal ? undefined : this.#users.get(principal.arn);
    const isKey = action.startsWith('kms:') && resource !== '*';
    return {
      identity: role?.identity ?? user ?? [],
      boundary: role?.boundary,
      resource: isKey ? this.#keyPolicy(resource).statements : this.#resourcePolicy(action, resource),
      resourceMustAllow: isKey,
    };
  }

  #keyPolicy(arn: string): KeyPolicy {
    const known = this.#keys.get(arn) ?? keyPolicy(arn, defaultKeyPolicy(this.#options));
    this.#keys.set(arn, known);
    return known;
  }

  #resourcePolicy(action: string, resource: string): readonly Statement[] | undefined {
    return action.startsWith('lambda:') ? this.#functions : this.#resources.get(resource);
  }

  #recordingUnevaluable<Result>(evaluate: () => Result): Result {
    try {
      return evaluate();
    } catch (error) {
      if (error instanceof UnevaluablePolicy) this.#unevaluable ??= error;
      throw error;
    }
  }
}
