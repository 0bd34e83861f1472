/** The folder of the package. This file and what the build makes of it lie one folder below, so that it holds in src, dist and bundle. */
export const PACKAGE_ROOT = new URL('../', import.meta.url)
