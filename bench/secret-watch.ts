import type { AwsInterceptor } from '../sandbox/aws/service.ts';
import type { InvocationInterceptor } from '../sandbox/lambda/invocation-interceptor.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { LeakSearch } from './leaks.ts';

/**
 * Collects everything that people can read, and the secrets that must not be in it: tokens, codes and client secrets of
 * Genesys Cloud, RotationTokens, and the data keys of the seals.
 */
export class SecretWatch {
  readonly #search = new LeakSearch();
  #texts: string[] = [];
  #eventsRead = 0;

  /** Listens to everything that the sandbox writes. */
  attach({ lambda, stepFunctions, sns }: Sandbox): void {
    lambda.onLog(line => this.write(line));
    // An event has the input and the output of its state or execution, and the error.
    stepFunctions.onEvent(event => this.write(event));
    sns.onMessage(message => this.write(message));
  }

  /** Adds something that people can read. */
  write(readable: unknown): void {
    this.#texts.push(typeof readable === 'string' ? readable : JSON.stringify(readable));
  }

  /** Collects the data keys and the requests to DynamoDB. */
  readonly awsInterceptor: AwsInterceptor = async (call, next) => {
    if (call.service === 'dynamodb') this.write(call.input);
    const response = await next();
    if (call.service === 'kms' && 'Plaintext' in response && typeof response.Plaintext === 'string') {
      const key = Buffer.from(response.Plaintext, 'base64');
      this.#search.add([
        response.Plaintext,
        key.toString('base64url'),
        key.toString('hex'),
        [...key].join(','),
      ]);
    }
    return response;
  };

  /** Collects the RotationTokens, all other requests to functions, and all responses. */
  readonly invocationInterceptor: InvocationInterceptor = async ({ payload }, next) => {
    if (typeof payload === 'object' && payload !== null && 'RotationToken' in payload) {
      this.#search.add([String(payload.RotationToken)]);
    } else this.write(payload);
    const response = await next();
    this.write(response);
    return response;
  };

  /** Searches the texts since the last call for all secrets so far, and counts the texts that contain one. */
  leaks({ genesysCloud, cloudTrail }: Sandbox): number {
    this.#search.add(genesysCloud.issuedValues());
    const events = cloudTrail.events();
    for (const event of events.slice(this.#eventsRead)) this.write(event);
    this.#eventsRead = events.length;
    const texts = this.#texts;
    this.#texts = [];
    return texts.filter(text => this.#search.in(text).length > 0).length;
  }
}
