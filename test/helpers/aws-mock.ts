import { mockClient } from 'aws-sdk-client-mock';
import { afterAll } from 'vitest';

/**
 * Plays an AWS service for the tests of the file or block that calls it, as `mockClient` does, and takes the stub away
 * after them: the next file gets the same class.
 */
export const mockAws: typeof mockClient = (client, options) => {
  const mock = mockClient(client, options);
  afterAll(() => mock.restore());
  return mock;
};
