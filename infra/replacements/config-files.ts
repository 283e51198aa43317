/**
 * The files `~/.aws/config` and `~/.aws/credentials`: Lambda has none, and what is not in the environment is not set.
 */
export const loadSharedConfigFiles = async (): Promise<{ configFile: object; credentialsFile: object }> => ({
  configFile: {},
  credentialsFile: {},
});

/** What parts the name of a section in such a file. */
export const CONFIG_PREFIX_SEPARATOR = '.';
