-- Run by psql in the container of docker-compose.yml's store when that is made: the gateway's login, apart from the owner.
\getenv password GATEWAY_PASSWORD
CREATE ROLE stile_gateway LOGIN PASSWORD :'password';
