// @apollo/gateway reports usage to its vendor and queries cloud metadata services unless this is set before it loads.
process.env.APOLLO_TELEMETRY_DISABLED = 'true'
