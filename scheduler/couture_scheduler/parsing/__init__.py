"""From files to DAG versions: watch the folder, have files imported by the agent, save what came."""
