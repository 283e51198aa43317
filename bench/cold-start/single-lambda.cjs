/**
 * Loads and creates what the refresh Lambda of the Genesys Cloud blueprint "Move voicemail to S3" needs before its
 * first rotation: the complete SDK of Genesys Cloud and the Secrets Manager client, from a `node_modules` folder.
 */
const { SecretsManagerClient } = require('@aws-sdk/client-secrets-manager');
const { ApiClient } = require('purecloud-platform-client-v2');

const secrets = new SecretsManagerClient({});
const genesys = ApiClient.instance;

exports.handler = async () => [secrets, genesys];
