import type { AwsInterceptor } from '../../sandbox/aws/service.ts';
import type { GenesysInterceptor } from '../../sandbox/genesys-cloud/interceptor.ts';

/** A moment of a rotation: before a call, or after its effect and before its response. */
export interface Boundary {
  /** Counted from 1. */
  readonly call: number;
  readonly side: 'before' | 'after';
}

/** Counts the calls that functions make, of AWS and of Genesys Cloud, and lets something happen at one of them. */
export class CallBoundaries {
  #names: string[] = [];
  #at: Boundary | undefined;
  #happens: () => Promise<unknown> = async () => undefined;

  /** The calls since the last {@link watch}. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** All boundaries of the calls since the last {@link watch}. */
  get all(): readonly Boundary[] {
    return this.#names.flatMap((_name, index) => [
      { call: index + 1, side: 'before' } as const,
      { call: index + 1, side: 'after' } as const,
    ]);
  }

  /** Starts counting again, and lets something happen at a boundary. */
  watch(at: Boundary | undefined, happens: () => Promise<unknown>): void {
    this.#names = [];
    this.#at = at;
    this.#happens = happens;
  }

  /** Only counts. */
  ignore(): void {
    this.watch(undefined, async () => undefined);
  }

  readonly awsInterceptor: AwsInterceptor = ({ caller, service, operation }, next) =>
    caller.functionArn === undefined ? next() : this.#count(`${service}:${operation}`, next);

  readonly genesysInterceptor: GenesysInterceptor = ({ endpoint, grantType }, next) =>
    endpoint === 'users/me' || grantType === 'refresh_token'
      ? this.#count(`genesys:${endpoint}`, next)
      : next();

  async #count<Response>(name: string, next: () => Promise<Response>): Promise<Response> {
    const call = this.#names.push(name);
    if (this.#at?.call === call && this.#at.side === 'before') await this.#happens();
    try {
      return await next();
    } finally {
      if (this.#at?.call === call && this.#at.side === 'after') await this.#happens();
    }
  }
}
