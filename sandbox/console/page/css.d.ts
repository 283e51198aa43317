/** esbuild bundles styles with the module that imports them. */
declare module '*.css';
