"""What an operator sets up: the services' users and catalogue, then flavors, images and an external network."""
import json
import sys
import urllib.request

prefix, password, part = sys.argv[1:]
identity, compute, network, image, placement = (
    f'http://127.0.0.1:{prefix}{port}' for port in ('500', '874', '696', '292', '778'))


def ask(method, url, body=None, token=None):
    raw = isinstance(body, bytes)
    headers = {'Content-Type': 'application/octet-stream' if raw else 'application/json'}
    if token:
        headers['X-Auth-Token'] = token
    data = body if raw or body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=120) as answer:
        text = answer.read()
        return json.loads(text) if text else None, answer.headers


domain = {'id': 'default'}
user = {'name': 'admin', 'domain': domain, 'password': password}
token = ask('POST', f'{identity}/v3/auth/tokens', {'auth': {
    'identity': {'methods': ['password'], 'password': {'user': user}},
    'scope': {'project': {'name': 'admin', 'domain': domain}}}})[1]['X-Subject-Token']


def make(where, kind, /, **fields):
    return ask('POST', where, {kind: fields}, token)[0][kind]['id']


if part == 'services':
    roles = {role['name']: role['id'] for role in ask('GET', f'{identity}/v3/roles', token=token)[0]['roles']}
    if 'service' not in roles:
        roles['service'] = make(f'{identity}/v3/roles', 'role', name='service')
    project = make(f'{identity}/v3/projects', 'project', name='service', domain_id='default')
    for name in ('nova', 'neutron', 'glance', 'placement'):
        who = make(f'{identity}/v3/users', 'user', name=name, password=password, domain_id='default')
        for role in ('admin', 'service'):
            ask('PUT', f'{identity}/v3/projects/{project}/users/{who}/roles/{roles[role]}', token=token)
    for kind, name, url in (('compute', 'nova', f'{compute}/v2.1'), ('network', 'neutron', network),
                            ('image', 'glance', image), ('placement', 'placement', placement)):
        service = make(f'{identity}/v3/services', 'service', type=kind, name=name)
        for interface in ('public', 'internal', 'admin'):
            make(f'{identity}/v3/endpoints', 'endpoint', service_id=service, interface=interface, url=url,
                 region_id='RegionOne')
else:
    for name, memory, cpus, disk in (('tiny', 512, 1, 1), ('small', 2048, 1, 20), ('medium', 4096, 2, 40)):
        make(f'{compute}/v2.1/flavors', 'flavor', name=name, ram=memory, vcpus=cpus, disk=disk)
    for name in ('cirros', 'http-hello', 'echo'):
        made = ask('POST', f'{image}/v2/images', {
            'name': name, 'disk_format': 'raw', 'container_format': 'bare', 'visibility': 'public'}, token)[0]
        ask('PUT', f'{image}/v2/images/{made["id"]}/file', b'\0' * 512, token)
    public = make(f'{network}/v2.0/networks', 'network', name='public', shared=False, **{
        'router:external': True, 'provider:network_type': 'flat', 'provider:physical_network': 'public'})
    make(f'{network}/v2.0/subnets', 'subnet', network_id=public, name='public-v4', ip_version=4,
         cidr='203.0.113.0/24', gateway_ip='203.0.113.1', enable_dhcp=False)
