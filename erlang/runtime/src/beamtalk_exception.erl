%% @doc Exceptions: how they are made, raised, caught, and made of raw Erlang errors.
%%
%% An exception is a map with the tag of its class. `stack_trace' is `[]' until it is caught, then
%% the raw Erlang frames; `{remote, Frames}' while it crosses from an actor to the sender, whose
%% own frames are then added. Inside a handler the map carries `$handler', the token by which
%% `return:' and `retry' find their way back to the `on:do:' that runs the handler.
-module(beamtalk_exception).

-export([raise/6, raise/5, dnu/3, type_error/4, match_error/1, not_found/1]).
-export([make/6, make/7, from/3, from/2, remote/1, is_exception/1]).
-export([message_of/1]).
-export(['class new'/1, 'class new:'/2, 'class signal:'/2, 'class signal'/1]).
-export(['class signalKind:class:selector:hint:'/5]).
-export([message/1, hint/1, kind/1, selector/1, receiverClass/1, details/1, stackTrace/1]).
-export([printString/1, displayString/1, signal/1, 'signal:'/2]).
-export(['return:'/2, retry/1, pass/1, outer/1, 'retryUsing:'/2]).

-type exception() :: #{'__class__' := module(), stack_trace := term(), _ => _}.
-export_type([exception/0]).

%%% Making and raising

%% Raises the exception of that kind; its class follows from the kind.
-spec raise(atom(), atom() | nil, atom() | nil, unicode:chardata(), binary() | nil, term()) ->
    no_return().
raise(Kind, ClassName, Selector, Message, Hint, Details) ->
    erlang:error(make(Kind, ClassName, Selector, Message, Hint, Details)).

-spec raise(atom(), atom() | nil, atom() | nil, unicode:chardata(), binary() | nil) -> no_return().
raise(Kind, ClassName, Selector, Message, Hint) ->
    raise(Kind, ClassName, Selector, Message, Hint, nil).

%% The exception as a value, for a `Result' or for a later raise.
-spec make(atom(), atom() | nil, atom() | nil, unicode:chardata(), binary() | nil, term()) ->
    exception().
make(Kind, ClassName, Selector, Message, Hint, Details) ->
    make(class_for(Kind), Kind, ClassName, Selector, Message, Hint, Details).

-spec make(
    module(), atom(), atom() | nil, atom() | nil, unicode:chardata() | nil, binary() | nil, term()
) -> exception().
make(Class, Kind, ClassName, Selector, Message, Hint, Details) ->
    #{
        '__class__' => Class,
        message => text(Message),
        kind => Kind,
        selector => Selector,
        receiver_class => ClassName,
        hint => Hint,
        details => Details,
        stack_trace => []
    }.

text(nil) -> nil;
text(Text) when is_binary(Text) -> Text;
text(Text) -> unicode:characters_to_binary(Text).

%% The class that an error kind of the runtime belongs to.
-spec class_for(atom()) -> module().
class_for(type_error) -> 'bt@stdlib@TypeError';
class_for(instantiation_error) -> 'bt@stdlib@InstantiationError';
class_for(uninitialized_state) -> 'bt@stdlib@UninitializedStateError';
class_for(user_error) -> 'bt@stdlib@Error';
class_for(signal) -> 'bt@stdlib@Error';
class_for(erlang_error) -> 'bt@stdlib@BEAMError';
class_for(erlang_exit) -> 'bt@stdlib@ExitError';
class_for(erlang_throw) -> 'bt@stdlib@ThrowError';
class_for(_) -> 'bt@stdlib@RuntimeError'.

%% The message was not understood.
-spec dnu(term(), atom(), [term()]) -> no_return().
dnu(Receiver, Selector, Args) ->
    Name = beamtalk_class:class_name(Receiver),
    Message = [atom_to_binary(Name), <<" does not understand ">>, beamtalk_print:symbol(Selector)],
    raise(does_not_understand, Name, Selector, Message, dnu_hint(Receiver, Selector), Args).

%% Other Smalltalks make classes by a message.
dnu_hint({'$class', Module}, Selector) ->
    case atom_to_binary(Selector) of
        <<"subclass:", _/binary>> ->
            iolist_to_binary([
                <<"A class is declared by its name, its methods below it: ">>,
                atom_to_binary(beamtalk_class:name(Module)), <<" subclass: Name">>
            ]);
        _ ->
            near_hint(Selector, beamtalk_behaviour:understood({'$class', Module}))
    end;
dnu_hint({'$future', _} = Future, Selector) ->
    case near_hint(Selector, beamtalk_behaviour:understood(Future)) of
        nil -> <<"This is the future itself: send it await for its value">>;
        Hint -> Hint
    end;
dnu_hint(_, ',') ->
    <<"A list is written #(1, 2), an array #[1, 2], a tuple {1, 2}">>;
dnu_hint(_, future) ->
    <<"Say what to send: actor future message">>;
dnu_hint(Receiver, Selector) ->
    near_hint(Selector, beamtalk_behaviour:understood(Receiver)).

%% A message that is near, or the first of two whose keyword parts stand together without parentheses.
near_hint(Selector, Understood) ->
    Near = beamtalk_selector:closest(Selector, Understood),
    IsSlip = Near =/= none andalso beamtalk_selector:arity(Near) =:= beamtalk_selector:arity(Selector),
    case beamtalk_selector:first_of_two(Selector, Understood) of
        {First, Second} when not IsSlip ->
            iolist_to_binary([
                beamtalk_print:symbol(First), <<" and #">>, Second,
                <<" are two messages: put the first one into parentheses">>
            ]);
        _ when Near =:= none ->
            nil;
        _ ->
            iolist_to_binary([<<"Did you mean ">>, beamtalk_print:symbol(Near), $?])
    end.

%% An argument of the wrong class: `List>>at: expects an Integer, got String'.
-spec type_error(atom(), atom(), unicode:chardata(), term()) -> no_return().
type_error(ClassName, Selector, Expected, Got) ->
    Message = [
        atom_to_binary(ClassName),
        <<">>">>,
        atom_to_binary(Selector),
        <<" expects ">>,
        Expected,
        <<", got ">>,
        atom_to_binary(beamtalk_class:class_name(Got))
    ],
    raise(type_error, ClassName, Selector, Message, nil, Got).

%% No clause of a method, arm of a `match:' or destructuring fits the value.
-spec match_error(term()) -> no_return().
match_error(Value) ->
    Message = [<<"No pattern matches ">>, beamtalk_print:brief(Value)],
    raise(match_error, beamtalk_class:class_name(Value), 'match:', Message, nil, Value).

%% There is no class of that name.
-spec not_found(atom()) -> no_return().
not_found(Name) ->
    erlang:error(class_not_found(Name)).

class_not_found(Name) ->
    Message = [<<"Class '">>, atom_to_binary(Name), <<"' not found">>],
    make(not_found, Name, nil, Message, class_hint(Name), nil).

class_hint(Name) ->
    case beamtalk_selector:closest(Name, beamtalk_registry:names()) of
        none -> nil;
        Near -> iolist_to_binary([<<"Did you mean ">>, atom_to_binary(Near), $?])
    end.

-spec is_exception(term()) -> boolean().
is_exception(#{'__class__' := _, stack_trace := _, kind := _}) -> true;
is_exception(_) -> false.

%% The exception as it leaves for another process: the receiver adds its own frames.
-spec remote(exception()) -> exception().
remote(#{stack_trace := {remote, _}} = Exception) -> Exception;
remote(#{stack_trace := Frames} = Exception) ->
    (maps:remove('$handler', Exception))#{stack_trace := {remote, Frames}}.

%%% From raw Erlang errors

%% The exception for what was caught; an exception itself gets its stack trace.
-spec from(error | exit | throw, term(), [term()]) -> exception().
from(error, #{'__class__' := _, stack_trace := []} = Exception, Stack) ->
    Exception#{stack_trace := trimmed(Stack)};
from(error, #{'__class__' := _, stack_trace := {remote, Frames}} = Exception, Stack) ->
    Exception#{stack_trace := Frames ++ trimmed(Stack)};
from(error, #{'__class__' := _, stack_trace := _} = Exception, _Stack) ->
    Exception;
from(Class, Reason, Stack) ->
    Exception = beamtalk_erlang_error:exception(Class, Reason, Stack),
    Exception#{stack_trace := trimmed(Stack)}.

-spec from(error | exit | throw, term()) -> exception().
from(Class, Reason) -> from(Class, Reason, []).

%% Arguments that Erlang keeps in a frame would keep data alive; their number says enough.
trimmed(Stack) ->
    [frame_without_arguments(Frame) || Frame <- Stack].

frame_without_arguments({M, F, Args, Location}) when is_list(Args) -> {M, F, length(Args), Location};
frame_without_arguments(Frame) -> Frame.

%%% Class side

-spec 'class new'(beamtalk_class:class_object()) -> exception().
'class new'({'$class', Module} = Class) ->
    case lists:member(abstract, maps:get(modifiers, beamtalk_class:meta(Module), [])) of
        true -> beamtalk_value:abstract(Class, new);
        false -> maps:merge(make(Module, signal, nil, nil, nil, nil, nil), Module:'$defaults'())
    end.

-spec 'class new:'(beamtalk_class:class_object(), map()) -> exception().
'class new:'(Class, Fields) when is_map(Fields) ->
    Exception = 'class new'(Class),
    Renamed = maps:fold(
        fun(Key, Value, Acc) -> Acc#{internal_name(Key) => Value} end, #{}, Fields
    ),
    case maps:keys(Renamed) -- (maps:keys(Exception) -- ['__class__', stack_trace]) of
        [] -> maps:merge(Exception, Renamed);
        [Unknown | _] -> beamtalk_value:unknown_field(Class, 'new:', Unknown)
    end;
'class new:'(Class, Other) ->
    type_error(beamtalk_class:class_name(Class), 'new:', <<"a Dictionary">>, Other).

internal_name(receiverClass) -> receiver_class;
internal_name(Key) -> Key.

-spec 'class signal:'(beamtalk_class:class_object(), term()) -> no_return().
'class signal:'(Class, Message) -> 'signal:'('class new'(Class), Message).

-spec 'class signal'(beamtalk_class:class_object()) -> no_return().
'class signal'(Class) -> signal('class new'(Class)).

%% An exception made as the runtime makes its own. Sent to a subclass it is one of that class.
-spec 'class signalKind:class:selector:hint:'(
    beamtalk_class:class_object(), atom(), term(), term(), term()
) -> no_return().
'class signalKind:class:selector:hint:'({'$class', Module}, Kind, Class, Selector, Hint) ->
    _ = kind_argument(Kind),
    _ = Selector =:= nil orelse kind_argument(Selector),
    Name = class_name_argument(Class),
    Message = [
        case Name of
            nil -> <<>>;
            _ -> [atom_to_binary(Name), $\s]
        end,
        case Selector of
            nil -> <<>>;
            _ -> [beamtalk_print:symbol(Selector), $\s]
        end,
        string:replace(atom_to_list(Kind), "_", " ", all)
    ],
    Base =
        case Module of
            'bt@stdlib@Exception' -> #{'__class__' => class_for(Kind)};
            'bt@stdlib@Error' -> #{'__class__' => class_for(Kind)};
            _ -> maps:put('__class__', Module, Module:'$defaults'())
        end,
    erlang:error(maps:merge(make(Kind, Name, Selector, Message, Hint, nil), Base)).

class_name_argument({'$class', Module}) -> beamtalk_class:name(Module);
class_name_argument(nil) -> nil;
class_name_argument(Name) -> kind_argument(Name).

kind_argument(Given) ->
    beamtalk_check:symbol(Given, 'Exception', 'signalKind:class:selector:hint:').

%%% Instance side

%% An exception that was given no message tells its class.
-spec message(exception()) -> binary().
message(#{message := nil} = Exception) -> stored_message(Exception);
message(#{message := Message}) -> Message.

-spec hint(exception()) -> binary() | nil.
hint(#{hint := Hint}) -> Hint.

-spec kind(exception()) -> atom().
kind(#{kind := Kind}) -> Kind.

-spec selector(exception()) -> atom().
selector(#{selector := Selector}) -> Selector.

-spec receiverClass(exception()) -> atom().
receiverClass(#{receiver_class := Name}) -> Name.

-spec details(exception()) -> term().
details(#{details := Details}) -> Details.

-spec stackTrace(exception()) -> [map()].
stackTrace(#{stack_trace := {remote, Frames}}) -> beamtalk_stack:frames(Frames);
stackTrace(#{stack_trace := Frames}) -> beamtalk_stack:frames(Frames).

%% The message as a text for people, also where there is none. A class may have a `message' of its
%% own; one that itself raises does not hide the error.
-spec message_of(exception()) -> binary().
message_of(#{'__class__' := Module} = Exception) ->
    case beamtalk_class:definer(Module, message, 1) of
        'bt@stdlib@Exception' ->
            stored_message(Exception);
        _ ->
            try
                stored_message(Exception#{message := Module:'$send'(message, Exception, [])})
            catch
                error:_ -> stored_message(Exception)
            end
    end.

stored_message(#{message := Message}) when is_binary(Message) -> Message;
stored_message(#{'__class__' := Module, message := nil}) -> atom_to_binary(beamtalk_class:name(Module));
stored_message(#{message := Message}) -> beamtalk_print:print_string(Message).

-spec printString(exception()) -> binary().
printString(#{'__class__' := Module} = Exception) ->
    Name = atom_to_binary(beamtalk_class:name(Module)),
    case message_of(Exception) of
        Name -> Name;
        Message -> <<Name/binary, ": ", Message/binary>>
    end.

-spec displayString(exception()) -> binary().
displayString(Exception) -> message_of(Exception).

-spec signal(exception()) -> no_return().
signal(Exception) ->
    erlang:error(maps:remove('$handler', Exception)).

-spec 'signal:'(exception(), term()) -> no_return().
'signal:'(Exception, Message) ->
    signal(Exception#{message := Message, stack_trace := []}).

-spec pass(exception()) -> no_return().
pass(Exception) -> signal(Exception).

-spec outer(exception()) -> no_return().
outer(Exception) -> signal(Exception).

-spec 'return:'(exception(), term()) -> no_return().
'return:'(Exception, Value) -> beamtalk_exception_handler:leave(Exception, 'return:', {return, Value}).

-spec retry(exception()) -> no_return().
retry(Exception) -> beamtalk_exception_handler:leave(Exception, retry, retry).

-spec 'retryUsing:'(exception(), fun()) -> no_return().
'retryUsing:'(Exception, Block) -> beamtalk_exception_handler:leave(Exception, 'retryUsing:', {retry, Block}).
