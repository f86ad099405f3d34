%% @doc Other nodes: connecting, watching, running code there with errors that keep their kind.
-module(beamtalk_node).

-export([call/4, is_process_alive/1, why_closed/2]).
-export(['class connect:'/2, 'class disconnect:'/2, 'class current'/1, 'class all'/1]).
-export(['class isAlive:'/2, 'class onDown:'/2]).

-compile({no_auto_import, [is_process_alive/1]}).

-define(LIMIT, 10000).
-define(GATE_LIMIT, 5000).

%% Calls a function on a node. A remote exception is raised here as it is.
-spec call(node(), module(), atom(), [term()]) -> term().
call(Node, Module, Function, Args) ->
    case Node =:= node() orelse beamtalk_node_gate:pass(Node, ?GATE_LIMIT) of
        {error, unreachable} -> unreachable(Node);
        {error, Why} -> beamtalk_exception:raise(node_down, 'Node', nil, why_closed(Node, Why), nil, Node);
        _ -> called(Node, Module, Function, Args)
    end.

called(Node, Module, Function, Args) ->
    try
        erpc:call(Node, Module, Function, Args, ?LIMIT)
    catch
        error:{exception, #{'__class__' := _} = Exception, _Stack} ->
            erlang:error(beamtalk_exception:remote(Exception));
        error:{erpc, noconnection} ->
            unreachable(Node);
        error:{exception, undef, [{Missing, _, _, _} | _]} ->
            lacks(Node, Missing)
    end.

%% Why nothing is sent to a node, in words that begin with its name.
-spec why_closed(node(), beamtalk_node_gate:refusal()) -> iolist().
why_closed(Node, unreachable) ->
    [atom_to_binary(Node), <<", which cannot be reached; nothing was sent">>];
why_closed(Node, updating) ->
    [atom_to_binary(Node), <<", which came back and is still being brought up to date; nothing was sent">>];
why_closed(Node, outdated) ->
    [atom_to_binary(Node), <<", which came back and cannot be brought up to date (Workspace nodes says why); nothing was sent">>].

-spec unreachable(node()) -> no_return().
unreachable(Node) ->
    beamtalk_exception:raise(
        node_down, 'Node', nil, [<<"Node cannot be reached: ">>, atom_to_binary(Node)], nil, Node
    ).

-spec lacks(node(), module()) -> no_return().
lacks(Node, Module) ->
    beamtalk_exception:raise(
        not_found,
        'Node',
        nil,
        [<<"Node ">>, atom_to_binary(Node), <<" lacks the module ">>, atom_to_binary(Module)],
        <<"Load the class there first">>,
        Node
    ).

-spec is_process_alive(pid()) -> boolean().
is_process_alive(Pid) ->
    try
        erpc:call(node(Pid), erlang, is_process_alive, [Pid], ?LIMIT)
    catch
        error:{erpc, _} -> false
    end.

-spec 'class connect:'(beamtalk_class:class_object(), term()) -> boolean().
'class connect:'(_, Node) when is_atom(Node) -> net_kernel:connect_node(Node) =:= true;
'class connect:'(_, Other) -> wrong_name('connect:', Other).

-spec 'class disconnect:'(beamtalk_class:class_object(), term()) -> boolean().
'class disconnect:'(_, Node) when is_atom(Node) -> erlang:disconnect_node(Node) =:= true;
'class disconnect:'(_, Other) -> wrong_name('disconnect:', Other).

-spec 'class current'(beamtalk_class:class_object()) -> node().
'class current'(_) -> node().

-spec 'class all'(beamtalk_class:class_object()) -> [node()].
'class all'(_) -> [node() | lists:sort(nodes())].

-spec 'class isAlive:'(beamtalk_class:class_object(), term()) -> boolean().
'class isAlive:'(_, Node) when Node =:= node() -> true;
'class isAlive:'(_, Node) when is_atom(Node) -> net_adm:ping(Node) =:= pong;
'class isAlive:'(_, Other) -> wrong_name('isAlive:', Other).

%% Runs the block with the name of each node that is lost from now on.
-spec 'class onDown:'(beamtalk_class:class_object(), fun()) -> nil.
'class onDown:'(_, Block) when is_function(Block) ->
    spawn(fun() ->
        ok = net_kernel:monitor_nodes(true, [{node_type, all}]),
        watch(Block)
    end),
    nil;
'class onDown:'(_, Other) ->
    beamtalk_exception:type_error('Node', 'onDown:', <<"a Block">>, Other).

watch(Block) ->
    receive
        {nodedown, Node, _} ->
            guarded(Block, Node),
            watch(Block);
        _ ->
            watch(Block)
    end.

guarded(Block, _Node) when is_function(Block, 0) -> guarded(fun(_) -> Block() end, nil);
guarded(Block, Node) ->
    try
        beamtalk_block:apply(Block, [Node])
    catch
        Class:Reason:Stack ->
            Exception = beamtalk_exception:from(Class, Reason, Stack),
            logger:error("A block for lost nodes raised ~ts", [beamtalk_exception:printString(Exception)])
    end.

-spec wrong_name(atom(), term()) -> no_return().
wrong_name(Selector, Other) ->
    beamtalk_exception:type_error('Node', Selector, <<"a node's name as a Symbol">>, Other).
