"""Other representations of table documents: CSV, XLSX and JSON-stat made out of their JSON."""
