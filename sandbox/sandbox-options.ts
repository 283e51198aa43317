import type { AwsInterceptor } from './aws/service.ts';
import type { EventBridgeBehaviour } from './events/event-bridge.ts';
import type { FaultRule } from './faults/fault-rule.ts';
import type { GenesysBehaviour } from './genesys-cloud/behaviour.ts';
import type { InvocationInterceptor } from './lambda/invocation-interceptor.ts';
import type { Latencies } from './latencies.ts';
import type { SecretsManagerBehaviour } from './secrets-manager/behaviour.ts';
import type { StepFunctionsBehaviour } from './step-functions/behaviour.ts';
import type { WarmStart } from './warm-start.ts';

/** How a sandbox may differ from another. */
export interface SandboxOptions {
  /** The folder that `npm run synth` wrote, with a single stack. Default: `cdk.out` in the present folder. */
  readonly assemblyDirectory?: string;
  /** Values of the template's parameters that are not to be their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Ids of KMS keys that the account has before the stack is deployed; their policies leave the decision to IAM. */
  readonly existingKeys?: readonly string[];
  /** Port of the AWS endpoint on 127.0.0.1. Default: any free one. */
  readonly port?: number;
  readonly secretsManager?: Partial<SecretsManagerBehaviour>;
  readonly stepFunctions?: Partial<StepFunctionsBehaviour>;
  readonly events?: Partial<EventBridgeBehaviour>;
  readonly genesysCloud?: Partial<GenesysBehaviour>;
  /** Stand around every authenticated AWS call. */
  readonly awsInterceptors?: readonly AwsInterceptor[];
  /** Stand around every invocation of a function. */
  readonly invocationInterceptors?: readonly InvocationInterceptor[];
  /** How long calls, invocations and transitions take; they take no time by themselves. */
  readonly latencies?: Latencies;
  /** In force from the start: the first login at Genesys Cloud counts for them, too. */
  readonly faults?: readonly FaultRule[];
  /** The same seed gives the same faults and the same jitter of Step Functions. By default only the faults' is set. */
  readonly seed?: number;
  /**
   * Time stands still but for `Sandbox.advance`: also the functions' timers, time-outs and `Date` go by the
   * clock, so that waits of any length pass in no time, and what is computed takes none. Nothing that waits goes on
   * by itself: a rotation needs someone to advance the time.
   */
  readonly virtualTime?: boolean;
  /**
   * What an earlier sandbox has left, so that this one need not start cold; it leaves the same to the next. Where a
   * port that was left is taken by now, it starts cold. Has no effect together with `port`: the processes know another
   * one.
   */
  readonly warmStart?: WarmStart;
  /** A folder in which the sandbox, when it is closed, leaves what it saw of the stack's permissions. */
  readonly permissionRecords?: string;
  /** Told of a defect of the sandbox itself, which its caller saw as an internal error of AWS. */
  readonly onDefect?: (error: unknown, operation: string) => void;
}
