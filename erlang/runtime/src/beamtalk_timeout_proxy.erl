%% @doc The proxy that `withTimeout:' answers: an actor with a limit of its own for each send.
-module(beamtalk_timeout_proxy).

-export([send/5, target/1, timeout/1, 'doesNotUnderstand:args:'/3]).

-type proxy() :: {'$proxy', beamtalk_actor:reference_(), timeout()}.

%% What the proxy itself answers; every other message goes to the actor.
-spec send(proxy(), beamtalk_actor:reference_(), timeout(), atom(), [term()]) -> term().
send(_Proxy, Actor, _Limit, target, []) -> Actor;
send(_Proxy, _Actor, Limit, timeout, []) -> Limit;
send(Proxy, _Actor, _Limit, printString, []) -> beamtalk_print:print_string(Proxy);
send(Proxy, _Actor, _Limit, displayString, []) -> beamtalk_print:print_string(Proxy);
send(Proxy, _Actor, _Limit, class, []) -> beamtalk_class:class_object(Proxy);
send(Proxy, _Actor, _Limit, Comparison, [Other]) when
    Comparison =:= '=:='; Comparison =:= '=/='; Comparison =:= '=='; Comparison =:= '/='; Comparison =:= '~='
->
    'bt@stdlib@ProtoObject':'$send'(Comparison, Proxy, [Other]);
send(_Proxy, Actor, _Limit, 'withTimeout:', [New]) -> beamtalk_actor:'withTimeout:'(Actor, New);
send(_Proxy, Actor, Limit, 'perform:', [Selector]) ->
    send(_Proxy, Actor, Limit, Selector, []);
send(_Proxy, Actor, Limit, 'perform:withArguments:', [Selector, Args]) when is_list(Args) ->
    send(_Proxy, Actor, Limit, Selector, Args);
send(_Proxy, {'$actor', Module, To} = Actor, Limit, Selector, Args) ->
    case To =:= self() orelse beamtalk_actor_messages:is_local(Selector, Module) of
        true -> Module:'$send'(Selector, Actor, Args);
        false -> beamtalk_actor_send:call(Actor, Selector, Args, Limit)
    end.

-spec target(proxy()) -> beamtalk_actor:reference_().
target({'$proxy', Actor, _}) -> Actor.

-spec timeout(proxy()) -> timeout().
timeout({'$proxy', _, Limit}) -> Limit.

-spec 'doesNotUnderstand:args:'(proxy(), atom(), [term()]) -> term().
'doesNotUnderstand:args:'({'$proxy', Actor, Limit} = Proxy, Selector, Args) ->
    send(Proxy, Actor, Limit, Selector, Args).
