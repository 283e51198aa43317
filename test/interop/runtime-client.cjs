/**
 * Replaces the native part of AWS's Lambda runtime client, the requests to the Runtime API, because compiling it takes
 * minutes. The rest of the client is the code that AWS publishes. Load this file with `--require`.
 *
 * @see AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"
 */
const http = require('node:http');
const { registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');

const INVOCATION = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

// One socket, so that the request for the next event follows the previous result.
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function post(path, body) {
  http.request(`${INVOCATION}/${path}`, { method: 'POST', agent }, response => response.resume()).end(body);
}

module.exports = {
  next: () =>
    new Promise((resolve, reject) => {
      const request = http.get(`${INVOCATION}/next`, { agent }, response => {
        response.setEncoding('utf8').on('error', reject);
        response
          .toArray()
          .then(parts => resolve({ bodyJson: parts.join(''), headers: response.headers }), reject);
      });
      request.on('error', reject);
    }),
  done: (id, result) => post(`${id}/response`, result),
  error: (id, failure) => post(`${id}/error`, failure),
};

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === './rapid-client.node'
      ? { url: pathToFileURL(__filename).href, format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
});
