import type { AwsInterceptor } from './aws/service.ts';
import type { EventBridgeBehaviour } from './events/event-bridge.ts';
import type { FaultRule } from './faults/fault-rule.ts';
import type { GenesysBehaviour } from './genesys-cloud/behaviour.ts';
import type { InvocationInterceptor } from './lambda/invocation-interceptor.ts';
import type { Latencies } from './latencies.ts';
import type { SecretsManagerBehaviour } from './secrets-manager/behaviour.ts';
import type { StepFunctionsBehaviour } from './step-functions/behaviour.ts';
import type { WarmStart } from './warm-start.ts';

/** The options of a sandbox. */
export interface SandboxOptions {
  /** The folder that `npm run synth` wrote, with a single stack (default: `cdk.out` in the current folder). */
  readonly assemblyDirectory?: string;
  /** Values of the template's parameters that differ from their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Ids of KMS keys that exist before the deployment; their policies delegate to IAM. */
  readonly existingKeys?: readonly string[];
  /** Port of the AWS endpoint on 127.0.0.1 (default: any free port). */
  readonly port?: number;
  readonly secretsManager?: Partial<SecretsManagerBehaviour>;
  readonly stepFunctions?: Partial<StepFunctionsBehaviour>;
  readonly events?: Partial<EventBridgeBehaviour>;
  readonly genesysCloud?: Partial<GenesysBehaviour>;
  /** Wrap every authenticated AWS call. */
  readonly awsInterceptors?: readonly AwsInterceptor[];
  /** Wrap every invocation of a function. */
  readonly invocationInterceptors?: readonly InvocationInterceptor[];
  /** How long calls, invocations and transitions take (default: no time). */
  readonly latencies?: Latencies;
  /** Active from the start: they also apply to the first login at Genesys Cloud. */
  readonly faults?: readonly FaultRule[];
  /**
   * The same seed gives the same faults and the same jitter of Step Functions. By default only the faults have a fixed
   * seed.
   */
  readonly seed?: number;
  /**
   * Virtual time: time passes only in `Sandbox.advance`. The functions' timers, timeouts and `Date` follow the clock,
   * so that waits of any length take no real time, and computation takes no virtual time. Nothing that waits continues
   * without `advance`, including rotations.
   */
  readonly virtualTime?: boolean;
  /**
   * Warm processes of an earlier sandbox; this one keeps its own for the next. It starts cold if the earlier port is
   * taken. Has no effect with `port`, because the processes have the earlier address.
   */
  readonly warmStart?: WarmStart;
  /** A folder in which `close` writes the record of the stack's permissions. */
  readonly permissionRecords?: string;
  /** Called with errors of the sandbox itself, which callers receive as internal errors of AWS. */
  readonly onDefect?: (error: unknown, operation: string) => void;
}
