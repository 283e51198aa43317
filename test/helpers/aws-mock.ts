import { mockClient } from 'aws-sdk-client-mock';
import { afterAll } from 'vitest';

/**
 * Mocks an AWS client with `mockClient` for the tests of the file or block that calls it, and restores it afterwards:
 * the next file gets the same class.
 */
export const mockAws: typeof mockClient = (client, options) => {
  const mock = mockClient(client, options);
  afterAll(() => mock.restore());
  return mock;
};
