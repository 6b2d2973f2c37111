"""Named entities: recognizers find the names, clusters join the mentions of one entity, gazetteers place the places."""
