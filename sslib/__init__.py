"""Models behind the workbooks for solid-state batteries."""
