"""What the files of training's kinds look like: pure layouts, sent to the reading child."""
