/**
 * A function that could make an HTTPS request with Node.js's own modules and sign it. Whatever calls AWS loads at least
 * these.
 */
require('node:crypto');
require('node:https');

exports.handler = async () => undefined;
