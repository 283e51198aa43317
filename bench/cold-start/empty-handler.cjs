/** A handler that does nothing and loads nothing: the measurement is the start of Node.js alone. */
exports.handler = async () => undefined;
