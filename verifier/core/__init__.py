"""What every check needs and no subject owns: it knows no subject and no platform."""
